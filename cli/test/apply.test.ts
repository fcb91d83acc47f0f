import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter } from '../../lab/routeros/router.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { siteBox } from './site-box.ts';
import { cli, smallConfig, temporaryFolder, writeConfig } from './fixture.ts';

test('apply without a running agent says what it did, row by row, and the second time that there was nothing to do', async () => {
  const router = await startLabRouter({ preset: 'home' });
  onTestFinished(() => router.close());
  router
    .table('/ip/firewall/address-list')
    .add({ list: 'Moroso', address: '100.64.0.9', comment: 'wisp-edge:cutoff:s9' });
  const folder = temporaryFolder();
  const portal = { domain: 'clientes.example.net', cnameTargets: [], addresses: ['198.51.100.10'], resolvers: [] };
  const place = { host: router.host, port: router.port, tls: false, user: 'edge', password: { env: 'R0_PASSWORD' } };
  const config = writeConfig(folder, { ...smallConfig(), agent: { portal, routers: [{ id: 'r0', ...place }] } });
  const run = (args: readonly string[]) => cli(['--config', config, ...args], { env: { R0_PASSWORD: 'edge' } });
  await run(['init']);
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  const subscriber = { name: 'Ana', router: 'r0', addresses: ['100.64.0.5'] };
  await store.control.acceptIntent(
    { kind: 'put-subscriber', id: 's5', subscriber },
    { actor: { name: 'test', via: 'api' }, at: 1, operation: 'op-1', routers: ['r0'] },
  );
  store.close();

  const planned = await run(['plan']);
  expect(planned.stdout).toMatch(/^r0 \(mode manage, \d{4}-\d\d-\d\d [\d:]{8}Z\)\n/);
  expect(planned.stdout).toMatch(/\n {2}# cutoff:s9\n {2}\/ip firewall address-list remove \*/);
  const done = await run(['apply']);
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('r0: this was done\n')]);
  expect(done.stdout).toMatch(/\n {2}# cutoff:s9\n {2}\/ip firewall address-list remove \*/);
  const again = await run(['apply']);
  expect(again.stdout).not.toContain('this was done');
  expect(again.stdout).toContain('nothing to do');
  expect(JSON.parse((await run(['apply', '--json'])).stdout)).toMatchObject({ routers: [{ router: 'r0' }] });
});

test('apply of a router that others changed says what keeps it held, and what to do about it', async () => {
  const { run, up, router } = await siteBox();
  await up();
  expect(await run('apply', 'r0')).toMatchObject({ code: 0 });
  router
    .table('/ip/firewall/filter')
    .add({ chain: 'wisp-edge-forward', action: 'accept', comment: 'a mano' }, { force: true });
  const { code, stdout } = await run('apply', 'r0', '--lang', 'es');
  expect([code, stdout]).toEqual([75, expect.stringContaining('(router-degraded)')]);
  expect(stdout).toMatch(/\n {2}[^\n]*\(stranger-in-chain\): [^\n]+\n {4}qué hacer: /);
}, 120_000);

test('a release on a router that others changed says what holds the cut still', async () => {
  const { run, up, router } = await siteBox({ brake: { percent: 0, count: 0, floor: 0, siteCount: 0 } });
  await up();
  await run('subscribers', 'put', 's1', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  expect((await run('cutoff', 's1', '--reason', 'x')).stdout).toContain('why: brake');
  router
    .table('/ip/firewall/filter')
    .add({ chain: 'wisp-edge-forward', action: 'accept', comment: 'a mano' }, { force: true });
  await run('apply', 'r0');
  const { code, stdout } = await run('release', '--all', '--router', 'r0', '--yes');
  expect([code, stdout]).toEqual([75, expect.stringContaining('subscriber/s1: held\n  why: router-degraded')]);
  expect(stdout).toMatch(/\(stranger-in-chain\): /);
}, 120_000);
