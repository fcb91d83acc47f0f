import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { startRegistrar, type LabRegistrar } from '../../registrar/registrar.ts';
import { SipClient, type Asked } from '../../sip/client.ts';
import { startPhone, type LabPhone, type LabPhoneOptions } from '../phone.ts';
import { FILES, fileServer, MAC, type FileServer } from './file-server.ts';

const OLD = 'old<&key';
const NEW = 'newkey22';
type Vendor = keyof typeof FILES;

interface Site {
  readonly server: FileServer;
  readonly registrar: LabRegistrar;
  readonly home: string;
  readonly serve: (key: string, path?: string) => void;
  readonly start: (options?: Partial<LabPhoneOptions>) => Promise<LabPhone>;
  readonly notify: (event: string, key?: string) => Promise<Asked>;
}

async function site(vendor: Vendor): Promise<Site> {
  const server = await fileServer();
  const registrar = await startRegistrar({ users: new Map([['1001', { keys: [OLD] }]]) });
  onTestFinished(() => registrar.close());
  const home = `${server.url}/p/token/`;
  const serve = (key: string, path = '/p/token/'): void => {
    const [file, text] = FILES[vendor]({ user: '1001', key, port: registrar.port, home });
    server.files.set(`${path}${file}`, text);
  };
  serve(OLD);
  const sender = new SipClient({ clock: systemClock() });
  await sender.socket.open();
  onTestFinished(() => sender.close());
  return {
    server,
    registrar,
    home,
    serve,
    async start(options = {}) {
      const phone = await startPhone({ vendor, mac: MAC, url: home, retryMs: 50, ...options });
      onTestFinished(() => phone.close());
      return phone;
    },
    async notify(event, key) {
      const flow = await sender.socket.flowTo('udp', '127.0.0.1', registrar.port);
      const uri = `sip:1001@127.0.0.1:${registrar.port}`;
      const credential = key === undefined ? null : { username: '1001', key };
      const asking = { method: 'NOTIFY', uri, from: uri, to: uri, headers: [['Event', event] as const] };
      return sender.ask(flow, asking, credential);
    },
  };
}

test.each<[Vendor, string[], string]>([
  [
    'yealink',
    [`${MAC}.boot`, 'y000000000000.boot', 'y000000000123.cfg', `${MAC}.cfg`, `${MAC}-local.cfg`, `${MAC}-contact.xml`],
    '00:15:65:aa:bb:01',
  ],
  ['grandstream', [`cfg${MAC}`, `cfg${MAC}.xml`, 'cfggrp2614.xml', 'cfg.xml'], MAC],
  ['snom', ['snomD785.htm', `snomD785-${MAC.toUpperCase()}.htm`], MAC.toUpperCase()],
])('a %s asks for its files in its order and registers with what they say', async (vendor, files, told) => {
  const { start, server, registrar } = await site(vendor);
  const phone = await start();
  await phone.untilRegistered('1001', OLD);
  expect(server.asked.map(({ path }) => path)).toEqual(files.map((file) => `/p/token/${file}`));
  expect(server.asked[0]?.userAgent).toContain(told);
  expect(registrar.bindings('1001')).toMatchObject([{ key: OLD, expires: 60 }]);
  expect(phone.lines).toMatchObject([{ user: '1001', registeredWith: OLD, expiresSeconds: 60 }]);
});

test.each<Vendor>(['yealink', 'grandstream', 'snom'])(
  'a %s goes from an enrolment that holds nothing but its home to its home',
  async (vendor) => {
    const { start, server, home } = await site(vendor);
    const [file, text] = FILES[vendor]({ user: '1001', key: '', port: 1, home });
    const bare = text.replace(/account\.1.*\n|<P(271|47|35|36|34|32)>.*<\/P\1>|<user_.*>\n/g, '');
    server.files.set(`/e/once/${file}`, bare);
    const phone = await start({ url: `${server.url}/e/once/` });
    await phone.untilRegistered('1001', OLD);
    expect(phone.url).toBe(home);
    expect([...phone.keysGiven]).toEqual([OLD]);
  },
);

test.each<Vendor>(['yealink', 'grandstream', 'snom'])(
  'a %s that is told check-sync fetches, and registers anew with the new key under the same Contact',
  async (vendor) => {
    const { start, serve, registrar, notify } = await site(vendor);
    const phone = await start({ challengesNotify: true });
    await phone.untilRegistered('1001', OLD);
    const [before] = registrar.bindings('1001');
    registrar.setKeys('1001', NEW);
    serve(NEW);
    expect((await notify('check-sync;reboot=false')).response?.status).toBe(401);
    expect((await notify('check-sync;reboot=false', NEW)).response?.status).toBe(401);
    expect((await notify('check-sync;reboot=false', OLD)).response?.status).toBe(200);
    await registrar.untilBound('1001', ({ key }) => key === NEW);
    await phone.untilRegistered('1001', NEW);
    expect(registrar.bindings('1001')).toMatchObject([{ contact: before?.contact, key: NEW }]);
    expect(phone.reboots).toBe(0);
    expect([...phone.keysGiven]).toEqual([OLD, NEW]);
  },
);

test('a Yealink skips a file with the same MD5, keeps what an empty value names and clears %NULL%', async () => {
  const { start, server, home } = await site('yealink');
  const phone = await start();
  await phone.untilRegistered('1001', OLD);
  await phone.poll();
  expect(phone.fetches.filter(({ status }) => status === 200).map(({ applied }) => applied)).toEqual([
    'applied',
    'skipped',
  ]);
  server.files.set(`/p/token/${MAC}.cfg`, '#!version:1.0.0.1\naccount.1.password =\naccount.1.display_name = Ana\n');
  await phone.poll();
  expect(phone.lines).toMatchObject([{ key: OLD, displayName: 'Ana' }]);
  server.files.set(`/p/token/${MAC}.cfg`, '#!version:1.0.0.1\naccount.1.user_name = %NULL%\n');
  await phone.poll();
  expect(phone.lines).toEqual([]);
  server.files.set(`/p/token/${MAC}.cfg`, 'account.1.user_name = 1001\n');
  await phone.poll();
  expect([phone.lines, phone.url, phone.fetches.at(-3)?.applied]).toEqual([[], home, 'rejected']);
});

test('a Grandstream rejects the file of another phone', async () => {
  const { start, server } = await site('grandstream');
  const path = `/p/token/cfg${MAC}.xml`;
  server.files.set(path, server.files.get(path)?.replace(MAC, '000b82000000') ?? '');
  const phone = await start();
  expect(phone.fetches.find(({ status }) => status === 200)?.applied).toBe('rejected');
  expect(phone.lines).toEqual([]);
});

test('a Yealink reboots on a plain check-sync unless told otherwise, and refuses other events', async () => {
  const { start, server, notify } = await site('yealink');
  const path = `/p/token/${MAC}.cfg`;
  server.files.set(path, server.files.get(path)?.replace('sip.notify_reboot_enable = 0', '') ?? '');
  const phone = await start();
  await phone.untilRegistered('1001');
  expect((await notify('reboot_now')).response?.status).toBe(489);
  expect((await notify('check-sync')).response?.status).toBe(200);
  await phone.untilFetched((fetch) => fetch.applied === 'skipped');
  expect(phone.reboots).toBe(1);
});

test('it misbehaves as told: no fetch, no registration, 481, silence, another MAC', async () => {
  const { start, serve, registrar, notify, server } = await site('snom');
  const phone = await start();
  await phone.untilRegistered('1001', OLD);
  phone.misbehaviour.notify = '481';
  expect((await notify('check-sync;reboot=false')).response?.status).toBe(481);
  phone.misbehaviour.notify = 'taken';
  phone.misbehaviour.neverFetches = true;
  const asked = server.asked.length;
  await phone.poll();
  expect(server.asked).toHaveLength(asked);
  phone.misbehaviour.neverFetches = false;
  phone.misbehaviour.neverRegisters = true;
  phone.misbehaviour.toldMac = '000413ffffff';
  registrar.setKeys('1001', NEW);
  serve(NEW);
  await phone.poll();
  expect(server.asked.at(-1)?.userAgent).toContain('000413FFFFFF');
  expect(phone.keysGiven.has(NEW)).toBe(true);
  expect(registrar.bindings('1001')).toMatchObject([{ key: OLD }]);
});

test('a refused phone tries again by itself until its key is good', async () => {
  const { start, registrar } = await site('grandstream');
  registrar.setKeys('1001', NEW);
  const phone = await start();
  await registrar.untilSeen(({ hasAuthorization, status }) => hasAuthorization && status === 401);
  registrar.setKeys('1001', OLD);
  await phone.untilRegistered('1001', OLD);
});

test('a phone that finds no file tries again by itself', async () => {
  const { start, server } = await site('snom');
  const files = new Map(server.files);
  server.files.clear();
  const phone = await start();
  expect(phone.lines).toEqual([]);
  for (const [path, file] of files) server.files.set(path, file);
  await phone.untilRegistered('1001', OLD);
});
