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
  // Half way back it may be had again.
  expect([await ask('manage'), await ask('hand-back')]).toEqual(['manage', 'hand-back']);
  const { adoption } = await store.agent.desiredFor('r0');
  await store.agent.noteAdoption('r0', adoption?.operation ?? '', 'settled');
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

test('what a row was is kept as it was first, and until a hand-back is over', async () => {
  const store = openTestStore();
  const ask = stepper(store);
  await ask('claim');
  await store.agent.recordTaken('r0', [ROW]);
  await store.agent.recordTaken('r0', [{ ...ROW, values: { disabled: 'true' } }]);
  await ask('manage');
  await store.agent.noteAdoption('r0', 'o2', 'begun');
  await store.agent.noteAdoption('r0', 'o2', 'settled');
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isBegun: true, isSettled: true, taken: [ROW] });
  await ask('hand-back');
  // Of an older step nothing is noted any more.
  await store.agent.noteAdoption('r0', 'o2', 'settled');
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isSettled: false, taken: [ROW] });
  await store.agent.noteAdoption('r0', 'o3', 'settled');
  expect((await store.agent.desiredFor('r0')).adoption).toMatchObject({ isSettled: true, taken: [] });
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
