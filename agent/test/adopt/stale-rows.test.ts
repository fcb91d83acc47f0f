import { expect, test } from 'vitest';
import type { Scene } from '../worker/harness.ts';
import { reachOf, wisphubScene } from './wisphub-site.ts';

const LIST = '/ip/firewall/address-list';
const PAYER = { id: '1011', address: '100.64.10.11' } as const;
const OTHER = '100.64.77.77';
const BRAKE = { percent: 0, count: 1, floor: 1, siteCount: 1000, windowMinutes: 60 };
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

/** A router whose takeover is under way and waits for a person: all of ours stand, all of WispHub's too. */
async function waiting(): Promise<{ readonly site: Scene; readonly rowId: string; readonly takeover: string }> {
  const site = await wisphubScene('7.24', { brake: BRAKE });
  await site.settle(step('claim'));
  const takeover = await site.ask(step('manage'));
  expect(await site.settled(takeover)).toMatchObject({ state: 'held', reason: 'brake' });
  await site.settle({ kind: 'reconcile', router: 'r0' });
  const row = site.router.table(LIST).find({ list: 'Moroso', address: PAYER.address });
  return { site, rowId: row?.['.id'] ?? '', takeover };
}

test('I2 I3: a row of WispHub’s that became another client’s since the last read stays when the first one pays', async () => {
  const { site, rowId } = await waiting();
  const { router, settle } = site;
  router.table(LIST).set(rowId, { address: OTHER, comment: 'otro cliente' });
  expect(reachOf(router, OTHER)).toMatchObject({ https: false });
  expect(await settle({ kind: 'restore', id: PAYER.id })).toMatchObject({ state: 'verified' });
  expect(router.table(LIST).find({ list: 'Moroso', address: OTHER })).toMatchObject({ '.id': rowId });
  expect(reachOf(router, OTHER)).toMatchObject({ https: false });
  expect(reachOf(router, PAYER.address)).toMatchObject({ http: true, https: true });
});

test('I3: ids of the session before mean nothing in the next: no row goes for its number', async () => {
  const { site, rowId } = await waiting();
  const { router, ask, reached } = site;
  await router.unplug();
  const paid = await ask({ kind: 'restore', id: PAYER.id });
  // Set up again from a backup: the number of his row is another row's now.
  router.table(LIST).set(rowId, { list: 'gerencia', address: '192.0.2.200', comment: 'permitir NOC' });
  router.table(LIST).add({ list: 'Moroso', address: PAYER.address, comment: 'Carla Corte' }, { force: true });
  await router.plugIn();
  await reached(paid, 'verified');
  expect(router.table(LIST).find({ list: 'gerencia' })).toMatchObject({ '.id': rowId, address: '192.0.2.200' });
  expect(router.table(LIST).find({ list: 'Moroso', address: PAYER.address })).toBeUndefined();
  expect(reachOf(router, PAYER.address)).toMatchObject({ http: true, https: true });
});

test('I3: a row on record that became another client’s is put on record anew before it is taken over, and comes back', async () => {
  const { site, rowId, takeover } = await waiting();
  const { router, store, settle, ask, put, reached } = site;
  const values = { list: 'Moroso', address: PAYER.address, comment: 'Carla Corte', disabled: 'false' };
  await store.agent.recordTaken('r0', [{ menu: LIST, id: rowId, place: 0, values }]);
  router.table(LIST).set(rowId, { address: OTHER, comment: 'otro cliente' });
  await put('otro', { name: 'Otro', addresses: [OTHER] });
  await settle({ kind: 'cutoff', id: 'otro', cutoff: { reason: 'x' } });
  await ask({ kind: 'release', router: 'r0', operations: [takeover] });
  await reached(takeover, 'verified');
  expect(router.table(LIST).find({ list: 'Moroso', address: OTHER })?.['comment']).toContain('wisp-edge:');
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(router.table(LIST).find({ list: 'Moroso', address: OTHER })).toMatchObject({ comment: 'otro cliente' });
});
