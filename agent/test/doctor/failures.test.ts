import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import type { RouterTarget } from '../../ports.ts';
import { clinic, codes, found, type Clinic } from './clinic.ts';
import { ROUTER_PASSWORD } from '../worker/harness.ts';

const target = ({ router }: Clinic, over: Partial<RouterTarget> = {}): RouterTarget => ({
  id: 'r0',
  host: router.host,
  port: router.tlsPort,
  tls: { kind: 'pin', sha256: router.certificate?.sha256 ?? '' },
  user: 'box',
  password: new Secret(ROUTER_PASSWORD),
  ...over,
});

/** What the doctor says when a service bars this box: findings, whether it could look further. */
async function barred(
  options: Parameters<typeof clinic>[0],
  over: Partial<RouterTarget> = {},
): Promise<readonly string[]> {
  const one = await clinic(options);
  await one.worker.stop();
  const services = one.router.table('/ip/service');
  // A connection of the worker's may still stand there as a row of its own, and be gone in the next moment.
  for (const row of services.rows().filter((one) => one['dynamic'] !== 'true')) {
    services.set(row['.id'] ?? '', { disabled: 'no', address: '192.0.2.99/32' });
  }
  const report = await one.examine({ target: target(one, over) });
  expect(report.reachable).toBe(false);
  return codes(report);
}

test('failure: API off, wrong address=, port moved', async () => {
  const one = await clinic();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  taken.close();
  await once(taken, 'close');
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const moved = await one.examine({ target: target(one, { port }) });
  expect([moved.reachable, codes(moved)]).toEqual([false, ['api-refused']]);
  expect(found(moved, 'api-refused').remedy).toContain('/ip service');
  expect(await barred({ router: { tls: true, barsBy: 'close' } })).toEqual(['api-closed']);
  expect(await barred({ router: { tls: true, barsBy: 'reset' } })).toEqual(['api-reset']);
  const plain = { tls: { kind: 'plain' }, port: 0 } as const;
  const two = await clinic({ router: { tls: true, barsBy: 'reset' } });
  const api = two.router.table('/ip/service').find({ name: 'api' })?.['.id'] ?? '';
  two.router.table('/ip/service').set(api, { disabled: 'no', address: '192.0.2.99/32' });
  const overPlain = await two.examine({ target: target(two, { ...plain, port: two.router.port }) });
  expect(codes(overPlain)).toEqual(['api-reset']);
});

test('failure: a port that takes the connection and says nothing', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    mute.close();
  });
  await once(mute, 'listening');
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const one = await clinic();
  const report = await one.examine({ target: target(one, { port }), commandTimeoutMs: 300 });
  expect(codes(report)).toEqual(['api-mute']);
});

test('failure: rights', async () => {
  const one = await clinic({
    router: {
      tls: true,
      groups: { few: ['api', 'write'], many: ['api', 'read', 'write', 'policy', 'ftp', 'sensitive'] },
      users: [
        { name: 'edge', password: ROUTER_PASSWORD },
        { name: 'box', password: ROUTER_PASSWORD, group: 'few' },
        { name: 'chief', password: ROUTER_PASSWORD, group: 'many' },
      ],
    },
  });
  const few = await one.examine();
  expect(codes(few)).toEqual(['policy-missing']);
  expect(found(few, 'policy-missing').detail).toContain('read');
  const many = await one.examine({ target: target(one, { user: 'chief' }) });
  expect(found(many, 'policy-excess').remedy).toBe('/user group set many policy=!ftp,!policy,!sensitive');
  const full = await one.examine({ target: target(one, { user: 'edge', password: new Secret(ROUTER_PASSWORD) }) });
  expect(found(full, 'policy-excess').remedy).toMatch(/^\/user group add name=wisp-edge policy=read,write,api,!local/);
});

test('failure: flash full', async () => {
  const one = await clinic();
  one.router.state.resource.freeHddSpace = 278_000;
  expect(found(await one.examine(), 'disk-low')).toMatchObject({
    severity: 'error',
    detail: expect.stringContaining('271 KiB') as string,
  });
  one.router.state.resource.freeHddSpace = 900_000;
  expect(found(await one.examine(), 'disk-low')).toMatchObject({ severity: 'warning' });
});

test('api-ssl without a certificate is anonymous Diffie-Hellman: refused, with the reason and the command', async () => {
  const one = await clinic({ router: { tls: 'anonymous' } });
  const pin = { kind: 'pin', sha256: 'ab'.repeat(32) } as const;
  const report = await one.examine({ target: target(one, { tls: pin }) });
  expect([report.reachable, codes(report)]).toEqual([false, ['tls-anonymous']]);
  expect(found(report, 'tls-anonymous').remedy).toMatch(/\/ip service set .*api-ssl.* certificate=/);
  expect(one.router.stats.logins).toBe(1);
});

test('a wrong pin, and none yet, print what the router shows; no password is sent', async () => {
  const one = await clinic();
  const logins = one.router.stats.logins;
  const shown = `sha256:${one.router.certificate?.sha256 ?? ''}`;
  const none = await one.examine({ target: target(one, { tls: { kind: 'pin', sha256: '0'.repeat(64) } }) });
  expect(found(none, 'tls-not-pinned').remedy).toContain(shown);
  const wrong = await one.examine({ target: target(one, { tls: { kind: 'pin', sha256: 'ab'.repeat(32) } }) });
  expect(found(wrong, 'tls-wrong-pin').detail).toContain(shown);
  expect(one.router.stats.logins).toBe(logins);
});

test('under its own certificate as CA a router is trusted, under another it is told to be self-signed', async () => {
  const [one, other] = [await clinic(), await clinic()];
  const own = { kind: 'ca', pem: one.router.certificate?.certificatePem ?? '' } as const;
  expect(codes(await one.examine({ target: target(one, { tls: own }) }))).toEqual([]);
  const foreign = { kind: 'ca', pem: other.router.certificate?.certificatePem ?? '' } as const;
  const report = await one.examine({ target: target(one, { tls: foreign }) });
  expect(found(report, 'tls-untrusted').detail).toContain('self-signed');
});
