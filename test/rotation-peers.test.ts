import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder } from '../lab/demo/edge-process.ts';
import { startDrachtioDouble } from '../lab/drachtio/double.ts';
import { findBaresip, startBaresip, type Baresip } from '../lab/test/baresip.ts';
import { freePort } from '../lab/test/free-port.ts';
import { findKamailio, startKamailio, type Kamailio } from '../lab/test/kamailio.ts';
import { findPeer } from '../lab/test/peers.ts';
import { findSipp, startSippPhone } from '../lab/test/sipp.ts';

const run = promisify(execFile);
const PEERS = [
  findKamailio(),
  findBaresip(),
  findSipp(),
  findPeer('sipsak', '/bin/sh', ['-c', 'command -v sipsak']),
] as const;
const missing = PEERS.find(({ isThere }) => !isThere);

const MAC = '00005e005311';
const OLD_KEY = 's3cret-1001';
const NEW_KEY = 'Pq7mV2xT9bK4nW8rD3sJ';
const WRONG_KEY = 'Lz5cH8yG1fQ6tM3vX9kB';
const PATIENCE_MS = 40_000;

/**
 * Nothing of the phone's side is ours: Kamailio is the registrar, baresip registers and holds the binding, sipp is who
 * takes the NOTIFY (baresip refuses it), and the configuration is fetched and read as a phone would.
 */
describe.skipIf(missing !== undefined)(`with Kamailio, baresip and sipp ${missing?.skipReason ?? ''}`, () => {
  describe.each(['embedded', 'drachtio'] as const)('over the %s stack', (stack) => {
    test('a key that replaced the old one is proven, served, pushed, fetched, and the binding renewed', async () => {
      const { kamailio, api, phone } = await plugIn(stack);
      await phone.register(OLD_KEY);
      const before = await contactsOf(kamailio);
      expect(before).toHaveLength(1);

      // As the provider's portal leaves it: the old key is dead at once.
      await kamailio.setPassword('1001', NEW_KEY);
      const body = { extensions: ['1001'], newKeys: { '1001': NEW_KEY }, reason: 'cambio en el proveedor' };
      const rotation = await api.send('POST', '/v1/rotations', body);
      expect(rotation.status).toBe(202);
      expect(await phone.notified()).toBe('check-sync;reboot=false');
      expect(await phone.fetchKey()).toBe(NEW_KEY);
      await phone.register(NEW_KEY);

      const { end, words, step } = await ended(api, rotation.body['subject']);
      expect({ end, step }).toEqual({ end: 'committed', step: 'committed' });
      expect(words).toEqual(
        expect.arrayContaining(['old-key-refused', 'new-key-valid', 'served-new-key', 'fetched', 'registered']),
      );
      expect(words.indexOf('new-key-valid')).toBeLessThan(words.indexOf('served-new-key'));
      const after = await contactsOf(kamailio);
      expect(after.filter((contact) => !before.includes(contact)).length).toBeGreaterThan(0);
    });

    test('a wrong key is never served: the phone keeps its key and its registration', async () => {
      const { kamailio, api, phone } = await plugIn(stack);
      await phone.register(OLD_KEY);
      const before = await contactsOf(kamailio);

      const body = { extensions: ['1001'], newKeys: { '1001': WRONG_KEY }, reason: 'clave mal copiada' };
      const rotation = await api.send('POST', '/v1/rotations', body);
      const { end, words } = await ended(api, rotation.body['subject']);
      expect(end).toBe('rolled_back');
      expect(words).toEqual(expect.arrayContaining(['old-key-valid', 'new-key-refused']));
      expect(words).not.toContain('served-new-key');

      expect(await phone.fetchKey()).toBe(OLD_KEY);
      expect(await contactsOf(kamailio)).toEqual(before);
      const valid = await api.send('POST', '/v1/extensions/1001/validate', undefined, { prefer: 'wait=20' });
      expect(valid.body['result']).toMatchObject({ verdict: 'valid', bindings: 1 });
    });
  });
});

interface PeerPhone {
  /** Fetches its file as a phone does and gives the key in it. */
  fetchKey(): Promise<string>;
  /** Registers with a key, as after a restart. */
  register(key: string): Promise<void>;
  /** The Event of the NOTIFY that it was sent. */
  notified(): Promise<string>;
}

/** Kamailio, `wisp-edge up` on it, and an enrolled phone that has fetched and knows its first key. */
async function plugIn(
  stack: 'embedded' | 'drachtio',
): Promise<{ readonly kamailio: Kamailio; readonly api: Api; readonly phone: PeerPhone }> {
  const kamailio = await startKamailio();
  onTestFinished(() => kamailio.close());
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const folder = edgeFolder('peers', AGENT, {
    provisioner: {
      listen: { host: '127.0.0.1', port },
      publicUrl,
      sip: await sipOf(stack),
      rotation: { proveSeconds: 2, fetchSeconds: 30, registerSeconds: 30 },
      registrars: [
        { id: 'k', domain: '127.0.0.1', uri: `sip:127.0.0.1:${kamailio.port};transport=udp`, probeMode: 'query' },
      ],
    },
    secrets: { 'drachtio.secret': DRACHTIO_SECRET },
  });
  onTestFinished(() => {
    folder.remove();
  });
  const edge = await folder.start();
  onTestFinished(async () => {
    await edge.stop();
  });
  const { api } = edge;

  const extension = { registrar: 'k', displayName: 'Ñandú <& "x"> $USER', owner: 'isp', sipKey: OLD_KEY };
  expect((await api.send('PUT', '/v1/extensions/1001', extension)).status).toBe(201);
  const put = await api.send('PUT', `/v1/phones/${MAC}`, { vendor: 'yealink', lines: [{ extension: '1001' }] });
  expect(put.status).toBe(201);
  const enrolment = await api.send('POST', `/v1/phones/${MAC}/enrol`);
  const provisioningUrl = settingOf(
    await textOf(`${String(enrolment.body['enrolmentUrl'])}${MAC}.cfg`),
    'static.auto_provision.server.url',
  );
  expect(provisioningUrl).toBe(enrolment.body['provisioningUrl']);
  const phone = await peerPhone(kamailio, provisioningUrl);
  expect(await phone.fetchKey()).toBe(OLD_KEY);
  return { kamailio, api, phone };
}

const DRACHTIO_SECRET = 'labsecret';
/** No router: only phones are of interest here. */
const AGENT = { portal: { domain: 'clientes.example.net', cnameTargets: [], resolvers: [] }, routers: [] };

async function sipOf(stack: 'embedded' | 'drachtio'): Promise<Readonly<Record<string, unknown>>> {
  if (stack === 'embedded') return { stack };
  const double = await startDrachtioDouble({ secret: DRACHTIO_SECRET });
  onTestFinished(() => double.close());
  return { stack, host: double.host, port: double.port, secret: { file: 'drachtio.secret' } };
}

async function peerPhone(kamailio: Kamailio, provisioningUrl: string): Promise<PeerPhone> {
  const sipp = await startSippPhone();
  onTestFinished(() => sipp.close());
  const running: { baresip: Baresip | null } = { baresip: null };
  onTestFinished(async () => running.baresip?.close());
  return {
    fetchKey: async () => settingOf(await textOf(`${provisioningUrl}${MAC}.cfg`), 'account.1.password'),
    register: async (key) => {
      // It has no way to drop an account: a new key means a new start, as for many a phone.
      await running.baresip?.close();
      running.baresip = await startBaresip();
      await running.baresip.register({ user: '1001', password: key, registrarPort: kamailio.port });
    },
    notified: async () => {
      // The same AOR has sipp for a second contact: what is sent to the AOR reaches both.
      const uri = `sip:1001@127.0.0.1:${kamailio.port}`;
      const contact = `sip:1001@127.0.0.1:${sipp.port}`;
      await run('sipsak', ['-U', '-s', uri, '-C', contact, '-a', NEW_KEY, '-x', '60'], { timeout: 10_000 });
      return sipp.event();
    },
  };
}

/** The rotation once it has ended: how, and every word of its evidence. */
async function ended(
  api: Api,
  subject: unknown,
): Promise<{ readonly end: unknown; readonly step: unknown; readonly words: readonly unknown[] }> {
  const path = `/v1/rotations/${String(subject).replace('rotation/', '')}`;
  await expect
    .poll(async () => (await api.send('GET', path)).body['end'], { timeout: PATIENCE_MS, interval: 50 })
    .not.toBeNull();
  const { body } = await api.send('GET', path);
  const [extension] = arrayOf(body['extensions']).map(recordOf);
  return {
    end: body['end'],
    step: extension?.['step'],
    words: arrayOf(extension?.['evidence']).map((entry) => recordOf(entry)['what']),
  };
}

async function contactsOf(kamailio: Kamailio): Promise<readonly string[]> {
  return (await kamailio.dump()).map(({ address }) => address).sort();
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  expect(response.status).toBe(200);
  return response.text();
}

/** Yealink's `key = value`. */
function settingOf(file: string, key: string): string {
  const line = file.split('\n').find((text) => text.startsWith(`${key} = `));
  if (line === undefined) throw new Error(`the file has no ${key}`);
  return line.slice(key.length + 3);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
