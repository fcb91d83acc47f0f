import { expect, test } from 'vitest';
import { scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';
const CUT = { reason: 'impago' };
const SHUT = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };

for (const mode of ['observe', 'assist'] as const) {
  test(`I6 I8: in mode ${mode} a cut waits for the mode and for no release, and a release of it finds nothing`, async () => {
    const { put, settle, store, restart, settled } = await scene({ brake: SHUT, settings: { mode } });
    await put('s1');
    const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
    expect(cut).toMatchObject({ state: 'held', reason: 'router-not-managed' });
    const plan = await store.control.routerPlan('r0');
    expect(plan?.notSent?.steps.map(({ row }) => row)).toContain('cutoff:s1');
    expect(plan?.held).toEqual([]);
    const released = await settle({ kind: 'release', router: 'r0', operations: [cut.id] });
    expect(released.result).toMatchObject({ released: [], unknown: [cut.id] });
    const everywhere = await settle({ kind: 'release-everywhere', operations: [cut.id], routers: null });
    expect(everywhere.result).toMatchObject({ released: [], unknown: [cut.id] });
    expect(await store.agent.admissionsSince(0)).toEqual([]);
    // The brake is asked as soon as the cut would be written.
    await restart({ mode: 'manage' });
    await settle({ kind: 'reconcile', router: 'r0' });
    expect(await settled(cut.id)).toMatchObject({ state: 'held', reason: 'brake' });
  });
}

test('I6: in mode observe who a snapshot forgets to cut waits for the mode, not for a release', async () => {
  const { router, snapshot, settled, store } = await scene({ brake: SHUT, settings: { mode: 'observe' } });
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'wisp-edge:cutoff:s1' });
  const s2 = { id: 's2', name: 'Dos', router: 'r0', addresses: ['100.64.0.6'] };
  await settled(
    await snapshot(1, [{ id: 's1', name: 'Uno', router: 'r0', addresses: ['100.64.0.5'], cutoff: CUT }, s2]),
  );
  const forgot = await settled(await snapshot(2, [s2]));
  expect(forgot).toMatchObject({ state: 'held', reason: 'router-not-managed' });
  const plan = await store.control.routerPlan('r0');
  expect(plan?.heldOperations?.map(({ reason, way }) => [reason, way])).toEqual([['router-not-managed', 'wait']]);
});

test('I6: a claim in mode observe waits for the mode: no row becomes ours', async () => {
  const { router, put, settle } = await scene({ settings: { mode: 'observe' } });
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'a mano' });
  await put('s1');
  router.resetStats();
  expect(await settle({ kind: 'claim', router: 'r0', subscribers: ['s1'] })).toMatchObject({
    state: 'held',
    reason: 'router-not-managed',
  });
  expect(router.stats.writes).toEqual({});
});
