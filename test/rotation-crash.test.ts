import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder, type EdgeFolder, type EdgeProcess } from '../lab/demo/edge-process.ts';
import { startPhone, type LabPhone } from '../lab/phones/phone.ts';
import { startRegistrar, type LabRegistrar } from '../lab/registrar/registrar.ts';
import { seededRandom } from '../lab/routeros/random.ts';
import { freePort } from '../lab/test/free-port.ts';

const SEED = Number(process.env['CRASH_SEED'] ?? 20261123);
const PATIENCE_MS = 60_000;
/** The process is killed once when the rotation is first seen here; at every other one once more, a moment after its restart. */
const STEPS = ['baseline', 'awaiting_key', 'proven', 'staged', 'pushed', 'fetched'] as const;

interface Scene {
  readonly folder: EdgeFolder;
  readonly registrar: LabRegistrar;
  readonly phonesUrl: string;
  edge: EdgeProcess;
}

test(
  'I7 I11: kill -9 at every step of a rotation ends as if nothing had happened; no phone is given a key before it is good',
  { timeout: 400_000 },
  async () => {
    const random = seededRandom(SEED);
    const scene = await start();
    for (const [at, step] of STEPS.entries()) {
      const number = `100${at}`;
      const [old, fresh] = [keyOf('old'), keyOf('new')];
      const phone = await plugIn(scene, number, old, at);
      const isAwaited = step === 'awaiting_key';
      const rotation = await rotate(scene.edge.api, number, isAwaited ? null : fresh);
      // The registrar learns the key while it is tried: what is served before that would be caught below.
      const goodFrom = learnLater(scene.registrar, number, [old, fresh], 300 + random() * 1500);
      await untilRotation(scene.edge.api, rotation, (seen) => seen.step === step || seen.end !== null);
      await crash(scene);
      if (isAwaited) await giveKey(scene.edge.api, rotation, number, fresh);
      if (at % 2 === 1) {
        await sleep(random() * 1500);
        await crash(scene);
      }
      const done = await untilRotation(scene.edge.api, rotation, ({ end }) => end !== null);
      expect({ step, end: done.end }).toEqual({ step, end: 'committed' });
      await phone.untilRegistered(number, fresh);
      expect(scene.registrar.bindings(number)).toMatchObject([{ key: fresh }]);
      const given = phone.fetches.filter(({ keys }) => keys.includes(fresh));
      expect(given.every((fetch) => fetch.at >= goodFrom())).toBe(true);
      expect([...phone.keysGiven]).toEqual([old, fresh]);
    }
  },
);

test(
  'I7 I11: kill -9 between the registration that was seen and the commit ends in the commit',
  { timeout: 200_000 },
  async () => {
    const scene = await start();
    // It is there for as long as one write takes: a try that comes too late is made again.
    for (let at = 0; ; at += 1) {
      const number = `300${at}`;
      const [old, fresh] = [keyOf('old'), keyOf('new')];
      const phone = await plugIn(scene, number, old, at);
      scene.registrar.setKeys(number, old, fresh);
      const rotation = await rotate(scene.edge.api, number, fresh);
      const seen = await killAt(scene, number, 'registered');
      scene.edge = await scene.folder.start();
      const done = await untilRotation(scene.edge.api, rotation, ({ end }) => end !== null);
      expect(done.end).toBe('committed');
      expect(phone.lines[0]).toMatchObject({ registeredWith: fresh });
      expect(done.words.filter((word) => word === 'registered')).toHaveLength(1);
      if (seen === 'registered') return;
      expect(at).toBeLessThan(5);
    }
  },
);

test(
  'I7: kill -9 while it rolls back ends rolled back, with the phone on the old key',
  { timeout: 200_000 },
  async () => {
    const scene = await start({ proveSeconds: 10, fetchSeconds: 60, registerSeconds: 2 });
    const [old, fresh] = [keyOf('old'), keyOf('new')];
    const phone = await plugIn(scene, '4001', old, 0);
    phone.misbehaviour.neverRegisters = true;
    scene.registrar.setKeys('4001', old, fresh);
    const rotation = await rotate(scene.edge.api, '4001', fresh);
    await phone.untilFetched(({ keys }) => keys.includes(fresh), PATIENCE_MS);
    // The registrar forgets what it took, and the phone takes nobody's word.
    scene.registrar.setKeys('4001', old);
    phone.misbehaviour.notify = '481';
    await untilRotation(scene.edge.api, rotation, ({ words }) => words.includes('rolling-back'));
    await crash(scene);
    await crash(scene);
    expect(await untilRotation(scene.edge.api, rotation, () => true)).toMatchObject({ end: null });
    phone.misbehaviour.neverRegisters = false;
    await phone.poll();
    const done = await untilRotation(scene.edge.api, rotation, ({ end }) => end !== null);
    expect({ end: done.end, last: done.words.at(-1) }).toEqual({ end: 'rolled_back', last: 'old-key-fetched' });
    await phone.untilRegistered('4001', old);
    expect(phone.lines[0]).toMatchObject({ key: old });
  },
);

test(
  'I7 I11: a wrong key ends rolled back whenever the process dies, and no phone ever sees it',
  { timeout: 200_000 },
  async () => {
    const random = seededRandom(SEED + 1);
    const scene = await start();
    const [old, wrong] = [keyOf('old'), keyOf('wrong')];
    const phone = await plugIn(scene, '2001', old, 0);
    const rotation = await rotate(scene.edge.api, '2001', wrong);
    for (let kill = 0; kill < 2; kill += 1) {
      await sleep(random() * 1500);
      await crash(scene);
    }
    const done = await untilRotation(scene.edge.api, rotation, ({ end }) => end !== null);
    expect(done.end).toBe('rolled_back');
    expect([...phone.keysGiven]).toEqual([old]);
    const refused = scene.registrar.requests.filter(
      ({ status, hasAuthorization }) => hasAuthorization && status === 401,
    );
    expect(refused.length).toBeGreaterThanOrEqual(2);
    // Each death may cost one that was not written down yet.
    expect(refused.length).toBeLessThanOrEqual(6 + 2);
  },
);

async function start(rotation = { proveSeconds: 10, fetchSeconds: 60, registerSeconds: 60 }): Promise<Scene> {
  const registrar = await startRegistrar({ users: new Map() });
  onTestFinished(() => registrar.close());
  const port = await freePort();
  const server = `127.0.0.1:${registrar.port}`;
  const phonesUrl = `http://127.0.0.1:${port}`;
  const folder = edgeFolder(
    'crash',
    { portal: { domain: 'clientes.example.net', resolvers: [] }, routers: [] },
    {
      provisioner: {
        listen: { host: '127.0.0.1', port },
        publicUrl: phonesUrl,
        rotation,
        registrars: [{ id: 'iplan', domain: server, uri: `sip:${server};transport=udp`, probeMode: 'query' }],
      },
    },
  );
  onTestFinished(() => {
    folder.remove();
  });
  const scene = { folder, registrar, phonesUrl, edge: await folder.start() };
  onTestFinished(async () => {
    await scene.edge.stop();
  });
  return scene;
}

/** SIGKILL, and a new process on the same folder. */
async function crash(scene: Scene): Promise<void> {
  await scene.edge.kill();
  scene.edge = await scene.folder.start();
}

/**
 * SIGKILL as soon as an extension's rotation is stored at a step; gives the step that it was left at. A thread looks, for
 * registrar and phones live in this one.
 */
async function killAt({ folder, edge }: Scene, number: string, step: string): Promise<string> {
  const file = join(dirname(folder.configFile), 'data', 'wisp-edge.db');
  const db = new Database(file, { readonly: true });
  const look = db.prepare('SELECT step FROM rotation_extensions WHERE number = ?').pluck();
  const killer = new Worker(KILLER, { eval: true, workerData: { file, number, step, pid: edge.pid } });
  await once(killer, 'exit');
  await edge.kill();
  const left = String(look.get(number));
  db.close();
  return left;
}

const KILLER = `
  const { workerData: { file, number, step, pid } } = require('node:worker_threads');
  const Database = require('better-sqlite3');
  const db = new Database(file, { readonly: true });
  const look = db.prepare('SELECT step FROM rotation_extensions WHERE number = ?').pluck();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (![step, 'committed'].includes(look.get(number))) Atomics.wait(pause, 0, 0, 0.2);
  process.kill(pid, 'SIGKILL');
  db.close();
`;

/** An extension and its phone, registered with the key it was given. */
async function plugIn(scene: Scene, number: string, key: string, at: number): Promise<LabPhone> {
  const { api } = scene.edge;
  const mac = `001565aabb0${at}`;
  scene.registrar.setKeys(number, key);
  const extension = { registrar: 'iplan', displayName: `Ext ${number}`, sipKey: key, owner: 'isp' };
  expect(await api.send('PUT', `/v1/extensions/${number}`, extension)).toMatchObject({ status: 201 });
  const wanted = { vendor: at % 2 === 0 ? 'yealink' : 'snom', lines: [{ extension: number }] } as const;
  expect(await api.send('PUT', `/v1/phones/${mac}`, wanted)).toMatchObject({ status: 201 });
  const { body } = await api.send('POST', `/v1/phones/${mac}/enrol`);
  const url = String(body['provisioningUrl']);
  const phone = await startPhone({ vendor: wanted.vendor, mac, url, retryMs: 200 });
  onTestFinished(() => phone.close());
  // The provisioner takes a moment to know a new token, and a phone asks again by itself only after long.
  const deadline = performance.now() + PATIENCE_MS;
  while (phone.keysGiven.size === 0) {
    if (performance.now() > deadline) throw new Error(`${mac} is not served`);
    await phone.poll();
  }
  await phone.untilRegistered(number, key);
  await untilRead(api, `/v1/phones/${mac}`, ({ lastFetch }) => typeof lastFetch === 'string');
  return phone;
}

async function rotate(api: Api, number: string, key: string | null): Promise<string> {
  const newKeys = key === null ? {} : { newKeys: { [number]: key } };
  const body = { extensions: [number], ...newKeys, reason: 'crash test' };
  const { status, body: operation } = await api.send('POST', '/v1/rotations', body);
  expect(status).toBe(202);
  return String(operation['subject']).replace('rotation/', '');
}

async function giveKey(api: Api, rotation: string, number: string, sipKey: string): Promise<void> {
  expect(await api.send('PUT', `/v1/rotations/${rotation}/keys/${number}`, { sipKey })).toMatchObject({ status: 202 });
}

/** Gives the function that says since when the registrar has known them; the end of time before that. */
function learnLater(registrar: LabRegistrar, number: string, keys: readonly string[], ms: number): () => number {
  const known = { at: Number.POSITIVE_INFINITY };
  const timer = setTimeout(() => {
    registrar.setKeys(number, ...keys);
    known.at = Date.now();
  }, ms);
  onTestFinished(() => {
    clearTimeout(timer);
  });
  return () => known.at;
}

interface Seen {
  readonly step: string;
  readonly end: string | null;
  /** Of its evidence. */
  readonly words: readonly string[];
}

async function untilRotation(api: Api, id: string, fits: (seen: Seen) => boolean): Promise<Seen> {
  const seenOf = (body: Readonly<Record<string, unknown>>): Seen => {
    const { extensions } = body;
    const first: unknown = Array.isArray(extensions) ? extensions[0] : null;
    const step = typeof first === 'object' && first !== null && 'step' in first ? String(first.step) : '';
    const { end } = body;
    const words = [...JSON.stringify(first).matchAll(/"what":"([a-z-]+)"/g)].map(([, word = '']) => word);
    return { step, end: typeof end === 'string' ? end : null, words };
  };
  return seenOf(await untilRead(api, `/v1/rotations/${id}`, (body) => fits(seenOf(body))));
}

async function untilRead(
  api: Api,
  path: string,
  fits: (body: Readonly<Record<string, unknown>>) => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { body } = await api.send('GET', path);
    if (fits(body)) return body;
    if (performance.now() > deadline) throw new Error(`${path} stayed ${JSON.stringify(body)}`);
    await sleep(5);
  }
}

function keyOf(word: string): string {
  return `${word}-${randomBytes(9).toString('hex')}`;
}
