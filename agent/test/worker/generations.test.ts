import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { PORTAL_ADDRESS, scene, type Scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';

function row(at: number, over: Partial<SubscriberState> = {}): SubscriberState {
  return { id: `s${at}`, name: `Sub ${at}`, router: 'r0', addresses: [`100.64.0.${at}`], ...over };
}
const cutRows = ({ router }: Scene) =>
  router
    .table(LIST)
    .rows()
    .filter(({ list }) => list === 'Moroso');
const CUT = { cutoff: { reason: 'unpaid' } };

async function learnPortal({ store, ask }: Scene): Promise<void> {
  const seen = { firstSeen: 1, lastSeen: 1 };
  await store.agent.recordPortalAddresses(1, [
    { address: PORTAL_ADDRESS, host: 'clientes.example.net', use: 'portal', ...seen },
  ]);
  await ask({ kind: 'reconcile', router: 'r0' });
}

test('I6: a snapshot whose cuts wait for the portal is held, and verified when they stand', async () => {
  const site = await scene({ portalAddresses: [] });
  const id = await site.snapshot(1, [row(5, CUT), row(6, CUT), row(7)]);
  const held = await site.settled(id);
  expect(held).toMatchObject({ state: 'held', reason: 'portal-unknown' });
  expect(held.history.at(-1)?.evidence).toMatchObject({ withheld: { 'portal-unknown': 2 }, subscribers: ['s5', 's6'] });
  await learnPortal(site);
  await site.reached(id, 'verified');
  expect(cutRows(site)).toHaveLength(2);
});

test('I6: a snapshot whose cuts the brake withholds is held until a person releases it', async () => {
  const brake = { percent: 0, count: 1, floor: 1, siteCount: 1000, windowMinutes: 60 };
  const site = await scene({ brake });
  expect(await site.settled(await site.snapshot(1, [row(5, CUT), row(6)]))).toMatchObject({ state: 'verified' });
  const id = await site.snapshot(2, [row(5, CUT), row(6, CUT), row(7, CUT)]);
  expect(await site.settled(id)).toMatchObject({ state: 'held', reason: 'brake' });
  await site.settle({ kind: 'release', router: 'r0', operations: [id] });
  await site.reached(id, 'verified');
  expect(cutRows(site)).toHaveLength(3);
});

test('I6: a snapshot that restores somebody whom a foreign row cuts is held until that row is gone', async () => {
  const site = await scene();
  await site.settled(await site.snapshot(1, [row(5, CUT), row(6)]));
  const foreign = site.router.table(LIST).add({ list: 'Moroso', address: '100.64.0.0/28' });
  const id = await site.snapshot(2, [row(5), row(6)]);
  const held = await site.settled(id);
  expect(held).toMatchObject({ state: 'held', reason: 'foreign-row' });
  expect(held.history.at(-1)?.evidence).toMatchObject({ row: foreign, subscribers: ['s5'] });
  site.router.table(LIST).remove(foreign);
  await site.ask({ kind: 'reconcile', router: 'r0' });
  await site.reached(id, 'verified');
});

test('a newer snapshot supersedes one whose held cuts it withdraws', async () => {
  const site = await scene({ portalAddresses: [] });
  const first = await site.snapshot(1, [row(5, CUT)]);
  expect(await site.settled(first)).toMatchObject({ state: 'held' });
  const second = await site.snapshot(2, [row(5)]);
  expect(await site.settled(second)).toMatchObject({ state: 'verified' });
  await site.reached(first, 'superseded');
});

test('I6: a snapshot sent again is held with the one whose cuts wait, over a restart, and verified with it', async () => {
  const brake = { percent: 0, count: 1, floor: 1, siteCount: 1000, windowMinutes: 60 };
  const site = await scene({ brake });
  const rows = [row(5, CUT), row(6, CUT), row(7)];
  const first = await site.snapshot(1, rows);
  expect(await site.settled(first)).toMatchObject({ state: 'held', reason: 'brake' });
  const again = await site.snapshot(2, rows);
  expect(await site.settled(again)).toMatchObject({ state: 'held', reason: 'brake' });
  await site.restart();
  const third = await site.snapshot(3, rows);
  expect(await site.settled(third)).toMatchObject({ state: 'held', reason: 'brake' });
  await site.reached(again, 'superseded');
  await site.settle({ kind: 'release', router: 'r0', operations: [first] });
  await site.reached(first, 'verified');
  await site.reached(third, 'verified');
  expect(cutRows(site)).toHaveLength(2);
});
