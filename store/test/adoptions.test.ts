import { expect, test } from 'vitest';
import type { AdoptStep } from '../../schemas/adoption.ts';
import { contexts, openTestStore } from './fixture.ts';

const ROW = { menu: '/ip/firewall/nat', id: '*5', place: 3, values: { disabled: 'false', comment: 'Suspensi\u00f3n' } };

function stepper(store: ReturnType<typeof openTestStore>): (step: AdoptStep) => Promise<string | null> {
  const next = contexts();
  return async (step) => {
    const context = next();
    await store.control.acceptIntent({ kind: 'adopt', router: 'r0', step }, context);
    const { adoption } = await store.agent.desiredFor('r0');
    return adoption?.operation === context.operation ? adoption.step : null;
  };
}

test('manage and hand-back are taken after a claim only, and not after a hand-back that is over', async () => {
  const store = openTestStore();
  const ask = stepper(store);
  expect([await ask('manage'), await ask('hand-back')]).toEqual([null, null]);
  expect([await ask('claim'), await ask('manage'), await ask('hand-back')]).toEqual(['claim', 'manage', 'hand-back']);
  // Half way back nothing is claimed, for all of ours stand; but it may be turned round.
  expect(await ask('claim')).toBeNull();
  expect([await ask('manage'), await ask('hand-back')]).toEqual(['manage', 'hand-back']);
  const { adoption } = await store.agent.desiredFor('r0');
  await store.agent.settleAdoption('r0', adoption?.operation ?? '', 0);
  expect([await ask('manage'), await ask('hand-back'), await ask('claim')]).toEqual([null, null, 'claim']);
  expect((await store.agent.desiredFor('r1')).adoption).toBeNull();
});

test('a newer step takes the place of an open one, and a claim of a managed router is done at once', async () => {
  const store = openTestStore();
  const ask = stepper(store);
  await ask('claim');
  await ask('manage');
  expect((await store.control.readOperation('o1'))?.state).toBe('superseded');
  expect(await ask('claim')).toBeNull();
  expect((await store.control.readOperation('o3'))?.state).toBe('verified');
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ step: 'manage', operation: 'o2' });
});

test('what a row was is kept as it was told last, and until a hand-back is over', async () => {
  const store = openTestStore();
  const ask = stepper(store);
  await ask('claim');
  await store.agent.recordTaken('r0', [{ ...ROW, values: { disabled: 'true' } }]);
  await store.agent.recordTaken('r0', [ROW]);
  await ask('manage');
  await store.agent.noteBegun('r0', 'o2');
  expect(await store.agent.settleAdoption('r0', 'o2', 0)).toBe(true);
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isBegun: true, isSettled: true, taken: [ROW] });
  await ask('hand-back');
  // Of an older step nothing is noted any more.
  await store.agent.settleAdoption('r0', 'o2', 0);
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({
    isBegun: true,
    isSettled: false,
    taken: [ROW],
  });
  expect(await store.agent.settleAdoption('r0', 'o3', 0)).toBe(true);
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isBegun: false, isSettled: true, taken: [] });
});

test('a hand-back is not over while a restore is open that was asked for since the look', async () => {
  const store = openTestStore();
  const next = contexts();
  for (const step of ['claim', 'hand-back'] as const)
    await store.control.acceptIntent({ kind: 'adopt', router: 'r0', step }, next());
  const { adoption, seq } = await store.agent.desiredFor('r0');
  const subscriber = { name: 'Ana', router: 'r0', addresses: ['100.64.0.5'] };
  await store.control.acceptIntent({ kind: 'put-subscriber', id: 's5', subscriber }, next());
  await store.control.acceptIntent({ kind: 'restore', id: 's5' }, next());
  const operation = adoption?.operation ?? '';
  expect(await store.agent.settleAdoption('r0', operation, seq)).toBe(false);
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isSettled: false });
  expect(await store.agent.settleAdoption('r0', operation, (await store.agent.desiredFor('r0')).seq)).toBe(true);
});

test('since when a row without our mark is known outlives the agent', async () => {
  const store = openTestStore();
  expect(await store.agent.unmarkedRows('r0')).toEqual({ since: new Map(), isLookedAt: false, loggedInAt: null });
  const appeared = new Map([
    ['a', 0],
    ['b', 7],
  ]);
  await store.agent.noteUnmarked('r0', { at: 7, appeared, gone: [], loggedInAt: 5 });
  await store.agent.noteUnmarked('r0', { at: 9, appeared: new Map(), gone: ['a'], loggedInAt: null });
  expect(await store.agent.unmarkedRows('r0')).toEqual({
    since: new Map([['b', 7]]),
    isLookedAt: true,
    loggedInAt: null,
  });
});
