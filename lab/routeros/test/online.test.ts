import { afterEach, expect, test } from 'vitest';
import type { RouterVersion } from '../dialect.ts';
import { startLabRouter, type LabRouter } from '../router.ts';
import { TestClient } from './client.ts';

const PPP = '/ppp/active';
const LEASES = '/ip/dhcp-server/lease';
const VERSIONS: readonly RouterVersion[] = ['6.49', '7.16', '7.24'];
const opened: { router: LabRouter; client: TestClient }[] = [];

afterEach(async () => {
  for (const { router, client } of opened.splice(0)) {
    client.end();
    await router.close();
  }
});

async function start(version: RouterVersion): Promise<{ router: LabRouter; client: TestClient }> {
  const router = await startLabRouter({ version });
  const client = await TestClient.logIn(router.port);
  opened.push({ router, client });
  return { router, client };
}

test.each(VERSIONS)('on %s a PPP client is a row while it is connected, and listen tells of both', async (version) => {
  const { router, client } = await start(version);
  const listening = client.run(`${PPP}/listen`);
  await client.run(`${PPP}/print`);
  const id = router.connectPpp('ana', '100.64.0.5', { callerId: '02:00:5E:00:00:01' });
  expect(router.connectPpp('ana', '100.64.0.5')).toBe(id);
  const { rows } = await client.run(`${PPP}/print`, '=.proplist=.id,name,address,caller-id,service');
  expect(rows).toEqual([
    { '.id': id, name: 'ana', address: '100.64.0.5', 'caller-id': '02:00:5E:00:00:01', service: 'pppoe' },
  ]);
  router.disconnectPpp('ana');
  expect((await client.run(`${PPP}/print`)).rows).toEqual([]);
  await client.run('/cancel', '=tag=2');
  const heard = (await listening).rows;
  expect(heard.map((row) => [row['.id'], row['name'] ?? null, row['.dead'] ?? null])).toEqual([
    [id, 'ana', null],
    [id, null, 'yes'],
  ]);
});

test.each(VERSIONS)('on %s a dynamic lease moves with its MAC and goes when it runs out', async (version) => {
  const { router, client } = await start(version);
  const id = router.lease('aabbcc001122', '100.64.0.5');
  expect(router.lease('AA:BB:CC:00:11:22', '100.64.0.6')).toBe(id);
  const shown = { 'active-address': '100.64.0.6', 'active-mac-address': 'AA:BB:CC:00:11:22', status: 'bound' };
  expect((await client.run(`${LEASES}/print`)).rows).toMatchObject([{ ...shown, dynamic: 'true', disabled: 'false' }]);
  router.expireLease('aabbcc001122');
  expect((await client.run(`${LEASES}/print`)).rows).toEqual([]);
});

test('a static lease waits when it runs out, and may be bound elsewhere', async () => {
  const { router } = await start('7.24');
  const fixed = { address: '100.64.0.5', 'mac-address': 'AA:BB:CC:00:11:22', server: 'all' };
  router.table(LEASES).add(fixed);
  router.lease('aabbcc001122', '100.64.0.9');
  expect(router.table(LEASES).rows()).toMatchObject([{ ...fixed, 'active-address': '100.64.0.9' }]);
  router.expireLease('aabbcc001122');
  expect(router.table(LEASES).rows()).toMatchObject([{ ...fixed, status: 'waiting', dynamic: 'false' }]);
});

test('after a reboot nobody is online, and the default route is there', async () => {
  const { router } = await start('6.49');
  router.connectPpp('ana', '100.64.0.5');
  router.reboot();
  expect(router.table(PPP).rows()).toEqual([]);
  expect(router.table('/ip/route').find({ 'dst-address': '0.0.0.0/0' })?.['gateway']).toBe('203.0.113.1');
});
