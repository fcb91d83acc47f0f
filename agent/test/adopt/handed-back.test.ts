import { expect, test } from 'vitest';
import { WISPHUB_CLIENTS } from '../../../lab/routeros/wisphub.ts';
import { wisphubScene } from './wisphub-site.ts';

const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

test('I3 I6: a router that was handed back is not as desired while more is wanted than stands there, and gets none of it', async () => {
  const { router, settle, put, store, eventually } = await wisphubScene('7.24');
  await settle(step('claim'));
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  await put('late', { addresses: ['100.64.10.98'] });
  expect(await settle({ kind: 'cutoff', id: 'late', cutoff: { reason: 'x' } })).toMatchObject({ state: 'verified' });
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  router.resetStats();
  await eventually(async () => (await store.control.routerPlan('r0'))?.notSent !== undefined);
  const plan = await store.control.routerPlan('r0');
  expect(plan).toMatchObject({ mode: 'observe', steps: [] });
  expect(plan?.notSent?.steps.map(({ row }) => row)).toContain('cutoff:late');
  const [status] = await store.control.routerStatuses();
  expect(status).toMatchObject({ mode: 'observe', converged: false, convergedSince: null });
  expect(status?.notSent).toBe(plan?.notSent?.steps.length);
  expect(await settle({ kind: 'reconcile', router: 'r0' })).toMatchObject({
    state: 'held',
    reason: 'router-not-managed',
  });
  expect(router.stats.writes).toEqual({});
  // Nobody else took off what is ours.
  const events = await store.agent.entriesAfter(0, 10_000);
  expect(events.filter(({ type }) => type.startsWith('drift.'))).toEqual([]);
});

test('I6: from the moment at which a hand-back is over the plan says what is wanted and not written', async () => {
  const { settle, put, store } = await wisphubScene('7.24');
  await settle(step('claim'));
  await settle(step('manage'));
  await put('late', { addresses: ['100.64.10.98'] });
  await settle({ kind: 'cutoff', id: 'late', cutoff: { reason: 'x' } });
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  const plan = await store.control.routerPlan('r0');
  expect(plan?.steps).toEqual([]);
  expect(plan?.notSent?.steps.map(({ row }) => row)).toContain('cutoff:late');
});

test('I6: a claim of rows of a subscriber of a router that was handed back is held, and nothing becomes ours', async () => {
  const { router, settle } = await wisphubScene('7.24');
  await settle(step('claim'));
  await settle(step('manage'));
  await settle(step('hand-back'));
  const row = router.table('/ip/firewall/address-list').find({ list: 'Moroso', disabled: 'false' });
  const client = WISPHUB_CLIENTS.find(({ address }) => address === row?.['address']);
  router.resetStats();
  expect(await settle({ kind: 'claim', router: 'r0', subscribers: [client?.id ?? ''] })).toMatchObject({
    state: 'held',
    reason: 'router-not-managed',
  });
  expect(router.stats.writes).toEqual({});
});
