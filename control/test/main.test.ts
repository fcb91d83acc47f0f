import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leakWatch, watchedLog } from '../../lab/test/watched.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { ControlConfig } from '../../schemas/config/control.ts';
import { Secret } from '../../schemas/secret.ts';
import { openStore } from '../../store/sqlite/open.ts';
import type { HeldOperation } from '../../schemas/held-operation.ts';
import { unseenRouter } from '../core/degraded.ts';
import { startControl, type ControlOptions, type RunningControl } from '../main.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const token = (name: string): ControlConfig['tokens'][number] => ({ name, scopes: ['admin'], sha256: sha256(name) });

function configured(change: Partial<ControlConfig> = {}): ControlConfig {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    tokens: [token('first')],
    central: { kind: 'none', staleAfterHours: 24 },
    ...change,
  };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-main-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** What is left out is a control without agent and provisioner; its log is watched. */
function optionsOf(change: Partial<ControlOptions>): ControlOptions {
  const watch = leakWatch();
  const { readSecret = () => new Secret('') } = change;
  return {
    site: 'norte-1',
    dataDir: newFolder(),
    log: watchedLog(watch),
    signal: new AbortController().signal,
    config: configured(),
    agent: null,
    provisioner: null,
    bundles: [],
    readText: () => '',
    ...change,
    readSecret(source) {
      const secret = readSecret(source);
      watch.learn('a secret of the configuration', secret.reveal());
      return secret;
    },
  };
}

async function started(change: Partial<ControlOptions> = {}): Promise<RunningControl> {
  const running = await startControl(optionsOf(change));
  onTestFinished(() => running.stop());
  return running;
}

function bearer(name: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { authorization: `Bearer ${name}` } };
}

test('it listens, answers, and closes for good', async () => {
  const running = await started();
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const site = await fetch(`${running.url}/v1/site`, bearer('first'));
  expect([site.status, await site.json()]).toMatchObject([200, { site: 'norte-1' }]);
  await running.stop();
  await running.done;
  await running.stop();
  await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
});

test('the signal ends it, streams included', async () => {
  const aborter = new AbortController();
  const running = await started({ signal: aborter.signal });
  const stream = await fetch(`${running.url}/v1/events/stream`, bearer('first'));
  aborter.abort();
  await running.done;
  expect(await stream.text()).toBe('retry: 2000\n\n');
});

test('a reload takes over tokens without a restart', async () => {
  const running = await started();
  await running.reload(configured({ tokens: [token('second')] }), null, null, []);
  expect((await fetch(`${running.url}/v1/site`, bearer('first'))).status).toBe(401);
  expect((await fetch(`${running.url}/v1/site`, bearer('second'))).status).toBe(200);
});

test('the key of fingerprints is made once, for its owner only', async () => {
  const dataDir = newFolder();
  await (await started({ dataDir })).stop();
  const path = join(dataDir, 'control-fingerprint.key');
  const key = readFileSync(path, 'utf8');
  expect(key).toMatch(/^[0-9a-f]{64}\n$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await (await started({ dataDir })).stop();
  expect(readFileSync(path, 'utf8')).toBe(key);
  expect(readdirSync(dataDir).filter((name) => name.includes('.key.'))).toEqual([]);
});

test.each([
  [{ config: configured({ listen: { host: '0.0.0.0', port: 0 } }) }, 'config-invalid'],
  [
    { config: configured({ listen: { host: '192.0.2.77', port: 1 }, tls: { certificate: 'c', key: { env: 'K' } } }) },
    'listen-failed',
  ],
  [
    { config: configured({ tls: { certificate: 'c', key: { env: 'K' } } }), readText: () => 'no certificate' },
    'config-invalid',
  ],
  [{ dataDir: '/nowhere/at/all' }, 'data-dir-invalid'],
])('what keeps it from starting has a code and a remedy', async (change, code) => {
  const error: unknown = await startControl(optionsOf(change)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code, remedy: expect.any(String) as unknown });
});

test('what is not HTTP gets a problem too', async () => {
  const { url } = await started();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain('urn:wisp-edge:problem:malformed-request');
});

test('a head that is too large is 431', async () => {
  const { url } = await started();
  const answer = await fetch(`${url}/v1/site`, { headers: { 'x-large': 'x'.repeat(20_000) } });
  expect([answer.status, await answer.json()]).toMatchObject([
    431,
    { type: 'urn:wisp-edge:problem:headers-too-large' },
  ]);
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(hasOpenssl())('with a certificate it speaks TLS', async () => {
  const folder = newFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', ...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const running = await started({
    config: configured({ tls: { certificate: cert, key: { file: key } } }),
    readText: (path) => readFileSync(path, 'utf8'),
    readSecret: () => new Secret(readFileSync(key, 'utf8')),
  });
  expect(running.url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    tlsRequest(`${running.url}/healthz`, { ca: readFileSync(cert) }, (answer) => {
      answer.resume();
      resolve([answer.statusCode, answer.headers['strict-transport-security']]);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toEqual([200, 'max-age=31536000']);
});

test('a second control on the data folder is refused; after the first ended it is not', async () => {
  const dataDir = newFolder();
  const first = await started({ dataDir });
  await expect(started({ dataDir })).rejects.toMatchObject({ code: 'lock-held' });
  await first.stop();
  await (await started({ dataDir })).stop();
});

test('I8: what an earlier run of control showed binds nobody: the database may be a backup that was restored since', async () => {
  const dataDir = newFolder();
  const operation = 'orphans-r0';
  const nobody = { count: 0, first: [] };
  const heldOperation: HeldOperation = {
    ...{ operation, kind: null, reason: 'brake', detail: '', since: '2026-03-01T12:00:00.000Z' },
    ...{ cut: nobody, restored: { count: 1, first: ['s1'] }, noticed: nobody },
    ...{ way: 'release', commands: [], omitted: 0 },
  };
  const held = [{ subject: 'subscriber/s1', reason: 'brake' as const, detail: '', operations: [operation] }];
  const read = async ({ url }: RunningControl): Promise<number> => {
    const answer = await fetch(`${url}/v1/routers/r0/plan`, bearer('first'));
    const { heldOperations } = (await answer.json()) as { heldOperations: HeldOperation[] };
    return heldOperations[0]?.shown ?? Number.NaN;
  };
  const release = async ({ url }: RunningControl, shown: number): Promise<unknown> => {
    const headers = { ...bearer('first').headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ operations: [operation], shown: { [operation]: shown } });
    const answer = await fetch(`${url}/v1/routers/r0/release`, { method: 'POST', headers, body });
    return ((await answer.json()) as { result: unknown }).result;
  };
  const first = await started({ dataDir });
  const store = openStore({ file: join(dataDir, 'wisp-edge.db') });
  const plan = { router: 'r0', at: 'a', steps: [], held, heldOperations: [heldOperation], findings: [] };
  await store.agent.recordRouter(unseenRouter('r0', 'manage'), plan);
  store.close();
  const shown = await read(first);
  await first.stop();
  const second = await started({ dataDir });
  const later = [{ router: 'r0', operation, count: 1 }];
  expect(await release(second, shown)).toEqual({ released: [], unknown: [operation], later });
  expect(await release(second, await read(second))).toEqual({ released: [operation], unknown: [] });
});

test('a stop ends streams, waiting requests and kept connections at once', async () => {
  const dataDir = newFolder();
  const running = await started({ dataDir });
  const store = openStore({ file: join(dataDir, 'wisp-edge.db') });
  await store.agent.recordRouter(unseenRouter('r0', 'manage'), null);
  store.close();
  const send = (method: string, path: string, body?: unknown, prefer = 'wait=0'): Promise<Response> =>
    fetch(`${running.url}${path}`, {
      method,
      headers: { ...bearer('first').headers, 'content-type': 'application/json', prefer },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await send('PUT', '/v1/subscribers/s1', { name: 'Ana', router: 'r0', addresses: ['10.0.0.5'] });
  const stream = await send('GET', '/v1/events/stream');
  const waiting = send('PUT', '/v1/subscribers/s1/cutoff', { reason: 'x' }, 'wait=100');
  const events = async (): Promise<string> => (await send('GET', '/v1/events')).text();
  while (!(await events()).includes('operation.received'));
  const before = performance.now();
  await running.stop();
  expect(performance.now() - before).toBeLessThan(2_000);
  expect([(await waiting).status, await stream.text()]).toEqual([202, expect.stringContaining('retry: ')]);
});
