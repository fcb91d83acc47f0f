import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder, type EdgeFolder, type EdgeProcess } from '../lab/demo/edge-process.ts';
import { startDrachtioDouble } from '../lab/drachtio/double.ts';
import { startPhone, type LabPhone } from '../lab/phones/phone.ts';
import { startRegistrar, type LabRegistrar } from '../lab/registrar/registrar.ts';
import { startLabRouter, type LabRouter } from '../lab/routeros/router.ts';
import { freePort } from '../lab/test/free-port.ts';

const BIN = join(import.meta.dirname, '../bin/wisp-edge.js');
const NUMBER = '1001';
const REALM = 'lab.test';
const MACS = { yealink: '00005e005321', snom: '00005e005322', grandstream: '00005e005323' } as const;
const PATIENCE_MS = 40_000;
const WAIT = { prefer: 'wait=40' };

/**
 * Every key, token and password of this test is known to one watch, which looks at all that comes out: the log at its most
 * talkative, every answer, event and metric, what the CLI says, the process list while it runs, and every byte in the data
 * folder. All other world tests are watched the same way (lab/demo/edge-process.ts), with fewer ways to be talkative.
 */
test.each(['embedded', 'drachtio'] as const)(
  'I9: no key, token or password comes out anywhere, over the %s stack',
  { timeout: 180_000 },
  async (stack) => {
    const { folder, edge, registrar, router } = await start(stack);
    const { api } = edge;
    const { leakWatch } = folder;
    const [first, second, wrong] = [keyOf(), keyOf(), keyOf()];
    for (const key of [first, second, wrong]) learnDigests(folder, key);

    registrar.setKeys(NUMBER, first);
    await refusedRequests(api, first);
    await cutWithToken(api, folder, router);
    const phones = await plugIn(api, first);
    for (const phone of phones) await phone.untilRegistered(NUMBER, first);

    registrar.setKeys(NUMBER, second);
    const rotated = await rotate(api, second);
    for (const phone of phones) await phone.untilRegistered(NUMBER, second);
    expect(rotated).toBe('verified');
    expect(await rotate(api, wrong)).toBe('failed');

    // What goes wrong is told at more length than what goes well.
    registrar.faults.arm({ method: 'REGISTER' }, { kind: 'answer', status: 500 });
    await api.send('POST', `/v1/extensions/${NUMBER}/validate`, { sipKey: second }, WAIT);
    await api.send('POST', `/v1/phones/${MACS.snom}/resync`, undefined, { prefer: 'wait=5' });
    await api.send('POST', `/v1/phones/${MACS.snom}/enrol`);

    await cli(folder, edge, ['validate', NUMBER, '--key-file', '-'], second);
    const verbs = [['phones'], ['phones', MACS.snom], ['extensions', NUMBER, '--json'], ['status', '--json']];
    for (const args of verbs) {
      await cli(folder, edge, args, '');
    }
    // The router refuses the login by now, and the plan says so.
    await cli(folder, edge, ['plan'], '', 69);
    await everyAnswer(api, folder);

    expect(await edge.stop()).toBe(0);
    leakWatch.lookAtFiles(join(folder.configFile, '../data'), () => false);
    expect(leakWatch.leaks).toEqual([]);
    expect(leakWatch.known).toBeGreaterThan(100);
    expect(leakWatch.looked).toBeGreaterThan(200_000);
  },
);

async function start(stack: 'embedded' | 'drachtio'): Promise<{
  readonly folder: EdgeFolder;
  readonly edge: EdgeProcess;
  readonly registrar: LabRegistrar;
  readonly router: LabRouter;
}> {
  const registrar = await startRegistrar({ users: new Map(), realm: REALM });
  onTestFinished(() => registrar.close());
  const router = await startLabRouter({ preset: 'home' });
  onTestFinished(() => router.close());
  const secret = keyOf();
  const double = stack === 'embedded' ? null : await startDrachtioDouble({ secret });
  onTestFinished(async () => double?.close());
  const port = await freePort();
  const server = `127.0.0.1:${registrar.port}`;
  const folder = edgeFolder(
    'secrets',
    {
      portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: ['198.51.100.10'], resolvers: [] },
      routers: [
        {
          id: 'r0',
          host: router.host,
          port: router.port,
          tls: false,
          user: 'edge',
          password: { file: 'router.password' },
        },
      ],
    },
    {
      provisioner: {
        listen: { host: '127.0.0.1', port },
        publicUrl: `http://127.0.0.1:${port}`,
        sip:
          double === null
            ? { stack: 'embedded' }
            : { stack: 'drachtio', host: double.host, port: double.port, secret: { file: 'drachtio.secret' } },
        rotation: { proveSeconds: 1, fetchSeconds: 30, registerSeconds: 30 },
        registrars: [{ id: 'lab', domain: server, uri: `sip:${server};transport=udp`, probeMode: 'query' }],
      },
      secrets: { 'drachtio.secret': secret },
    },
  );
  router.setPassword('edge', folder.routerPassword);
  onTestFinished(() => {
    folder.remove();
  });
  const edge = await folder.start(undefined, { LOG_LEVEL: 'trace' });
  onTestFinished(async () => {
    await edge.stop();
  });
  return { folder, edge, registrar, router };
}

/** A cut whose page logs the subscriber in, on a router whose password is then another one: both are talked about. */
async function cutWithToken(api: Api, { leakWatch }: EdgeFolder, router: LabRouter): Promise<void> {
  const token = keyOf();
  leakWatch.learn('the token of a notice', token, true);
  const ana = { name: 'Ana', router: 'r0', addresses: ['100.64.0.5'] };
  expect((await api.send('PUT', '/v1/subscribers/s5', ana)).status).toBe(201);
  const cut = { reason: 'Factura vencida', url: `https://clientes.example.net/auto/?token=${token}` };
  const { body } = await api.send('PUT', '/v1/subscribers/s5/cutoff', cut, WAIT);
  expect(body['state']).toBe('verified');
  expect(JSON.stringify(router.snapshot()['/ip/proxy/access'])).toContain(token);
  for (const path of ['subscribers/s5', 'routers/r0', 'routers/r0/plan']) await api.send('GET', `/v1/${path}`);
  router.setPassword('edge', 'changed by somebody');
  router.reboot();
  await expect
    .poll(async () => JSON.stringify((await api.send('GET', '/v1/routers/r0')).body['lastError']), { timeout: 20_000 })
    .toContain('router-login-refused');
}

/** A hash of user, realm and key is as good as the key (RFC 7616 §5.1). */
function learnDigests({ leakWatch }: EdgeFolder, key: string): void {
  for (const algorithm of ['md5', 'sha256']) {
    leakWatch.learn('HA1', createHash(algorithm).update(`${NUMBER}:${REALM}:${key}`).digest('hex'));
  }
}

/** Requests with the key in a wrong place or form: what is refused must not be said again. */
async function refusedRequests(api: Api, key: string): Promise<void> {
  const good = { registrar: 'lab', displayName: 'Recepción', owner: 'isp' };
  const bodies: readonly (readonly [method: string, path: string, body: unknown])[] = [
    ['PUT', `/v1/extensions/${NUMBER}`, { ...good, sipKey: `${key}\r\nX: y` }],
    ['PUT', `/v1/extensions/${NUMBER}`, { ...good, sipKey: [key] }],
    ['PUT', `/v1/extensions/${NUMBER}`, { ...good, sipKey: key.repeat(20) }],
    ['PUT', `/v1/extensions/${NUMBER}`, { ...good, registrar: 'nobody', sipKey: key }],
    ['POST', '/v1/rotations', { extensions: [NUMBER], newKeys: { [NUMBER]: { key } }, reason: 'x' }],
    ['POST', '/v1/rotations', { extensions: [NUMBER], newKeys: { [key]: NUMBER }, reason: 'x' }],
    ['POST', `/v1/extensions/${NUMBER}/validate`, { sipKey: `${key} ` }],
    ['PUT', `/v1/rotations/rot-none/keys/${NUMBER}`, { sipKey: key }],
  ];
  for (const [method, path, body] of bodies) {
    const { status } = await api.send(method, path, body);
    expect([method, path, status >= 400 && status < 500]).toEqual([method, path, true]);
  }
}

/** One extension on a phone of each vendor, enrolled by hand. */
async function plugIn(api: Api, key: string): Promise<readonly LabPhone[]> {
  const extension = { registrar: 'lab', displayName: 'Recepción', owner: 'isp', sipKey: key };
  expect((await api.send('PUT', `/v1/extensions/${NUMBER}`, extension)).status).toBe(201);
  const phones: LabPhone[] = [];
  for (const vendor of ['yealink', 'snom', 'grandstream'] as const) {
    const mac = MACS[vendor];
    expect((await api.send('PUT', `/v1/phones/${mac}`, { vendor, lines: [{ extension: NUMBER }] })).status).toBe(201);
    const { body } = await api.send('POST', `/v1/phones/${mac}/enrol`);
    const phone = await startPhone({ vendor, mac, url: String(body['enrolmentUrl']), challengesNotify: true });
    onTestFinished(() => phone.close());
    phones.push(phone);
  }
  return phones;
}

/** The state in which the rotation's operation ends. */
async function rotate(api: Api, key: string): Promise<unknown> {
  const body = { extensions: [NUMBER], newKeys: { [NUMBER]: key }, reason: 'rotación de prueba' };
  return (await api.send('POST', '/v1/rotations', body, WAIT)).body['state'];
}

/** A verb beside the running process; its key comes by its standard input, and the process list is read meanwhile. */
async function cli(
  { configFile, leakWatch }: EdgeFolder,
  edge: EdgeProcess,
  args: readonly string[],
  input: string,
  code = 0,
): Promise<void> {
  const child = spawn(process.execPath, [BIN, '--config', configFile, ...args], { stdio: 'pipe' });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  leakWatch.lookAtProcessList();
  leakWatch.lookAtEnvironment(edge.pid);
  const closed = once(child, 'close');
  child.stdin.end(input);
  leakWatch.lookAtProcessList();
  leakWatch.lookAtEnvironment(child.pid ?? edge.pid);
  await closed;
  leakWatch.look(`what ${args.join(' ')} says`, said.join(''));
  expect([args, child.exitCode, said.join('') !== '']).toEqual([args, code, true]);
}

/** Everything that can be read, by the API's own list of it. */
async function everyAnswer(api: Api, { leakWatch, token }: EdgeFolder): Promise<void> {
  const ids = [`extensions/${NUMBER}`, ...Object.values(MACS).map((mac) => `phones/${mac}`)];
  const lists = ['site', 'extensions', 'phones', 'rotations', 'routers', 'subscribers', 'events?limit=500', 'audit'];
  for (const path of [...lists, ...ids]) expect((await api.send('GET', `/v1/${path}`)).status).toBe(200);
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ['/metrics', '/readyz', '/healthz', '/']) {
    const response = await fetch(new URL(path, api.url), { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    leakWatch.look(`the answer of ${path}`, await response.text());
  }
  const { body } = await api.send('GET', '/v1/site');
  const stream = await fetch(new URL('/v1/events/stream', api.url), { headers: { ...headers, 'last-event-id': '0' } });
  const last = `id: ${String(body['lastSeq'])}\n`;
  let text = '';
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(last)) break;
  }
  leakWatch.look('the event stream', text);
}

function keyOf(): string {
  return randomBytes(15).toString('base64url');
}
