import { expect, test } from 'vitest';
import type { ObservedSubscriber } from '../../schemas/router.ts';
import type { Intent } from '../ports.ts';
import { contexts, openTestStore, subscriber } from './fixture.ts';

const DAY_MS = 86_400_000;
const cutoff = { reason: 'x' };
const LATER = 40 * DAY_MS;

function put(number: number): Intent {
  return { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) };
}

test('operations that ended long ago are forgotten, unless they are open or something wanted names them', async () => {
  const { control, agent } = openTestStore();
  const next = contexts(['r0']);
  for (const number of [1, 2, 3]) await control.acceptIntent(put(number), next());
  const portal = { domain: 'c.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
  for (const intent of [
    { kind: 'cutoff', id: 's1', cutoff },
    { kind: 'cutoff', id: 's2', cutoff },
    { kind: 'cutoff', id: 's3', cutoff },
    { kind: 'restore', id: 's2' },
    { kind: 'portal', portal },
    { kind: 'reconcile', router: 'r0' },
    { kind: 'reconcile', router: 'r0' },
  ] satisfies Intent[]) {
    await control.acceptIntent(intent, next());
  }
  // o4 is wished still, o6 is open, o8 is the portal's; o10 ended a moment ago.
  const ended = ['o4', 'o5', 'o7', 'o8', 'o9'].map((id) => ({ id, router: 'r0', state: 'verified' as const }));
  await agent.advanceOperations(20_000, ended);
  await agent.advanceOperations(LATER - DAY_MS, [{ id: 'o10', router: 'r0', state: 'verified' }]);
  await control.prune(LATER - 2 * DAY_MS, 1_000);
  const left: string[] = [];
  for (const number of [4, 5, 6, 7, 8, 9, 10]) {
    const operation = await control.readOperation(`o${number}`);
    if (operation !== null) left.push(operation.id);
  }
  expect(left).toEqual(['o4', 'o6', 'o8', 'o10']);
  const again = await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  expect(again).toMatchObject({ outcome: 'accepted', operation: { id: 'o4' } });
});

test('an admission stays as long as its cut is wished or its departure is under way', async () => {
  const { control, agent } = openTestStore();
  const next = contexts(['r0']);
  for (const number of [1, 2]) await control.acceptIntent(put(number), next());
  for (const id of ['s1', 's2']) await control.acceptIntent({ kind: 'cutoff', id, cutoff }, next());
  const of = (subscriberId: string, operation: string, at: number) =>
    ({ router: 'r0', subscriber: subscriberId, operation, kind: 'cut', at }) as const;
  await agent.recordAdmissions([of('s1', 'o3', 5_000), of('s2', 'o4', 5_000), of('s2', 'o1', LATER)]);
  await control.acceptIntent({ kind: 'restore', id: 's2' }, next());
  await control.prune(LATER - 2 * DAY_MS, 1_000);
  expect(await agent.admissionsSince(0)).toEqual([of('s1', 'o3', 5_000), of('s2', 'o1', LATER)]);
  await control.acceptIntent({ kind: 'delete-subscriber', id: 's1' }, next());
  await control.prune(LATER - 2 * DAY_MS, 1_000);
  expect(await agent.admissionsSince(0)).toContainEqual(of('s1', 'o3', 5_000));
  await agent.finishDepartures('r0', ['s1']);
  await control.prune(LATER - 2 * DAY_MS, 1_000);
  expect(await agent.admissionsSince(0)).toEqual([of('s2', 'o1', LATER)]);
});

test('what was seen of somebody who left without a trace is forgotten', async () => {
  const { control, agent } = openTestStore();
  const next = contexts(['r0']);
  const seen: ObservedSubscriber = {
    at: '2026-03-01T00:00:00.000Z',
    service: 'open',
    verified: true,
    notice: null,
    rows: [],
    held: null,
  };
  for (const number of [1, 2]) await control.acceptIntent(put(number), next());
  await agent.recordObserved(
    'r0',
    new Map([
      ['s1', seen],
      ['s2', seen],
    ]),
  );
  await control.acceptIntent({ kind: 'delete-subscriber', id: 's1' }, next());
  await control.acceptIntent({ kind: 'claim', router: 'r0', subscribers: ['s1', 's2'] }, next());
  await control.prune(0, 1_000);
  expect((await agent.desiredFor('r0')).claims).toEqual(['s2']);
  await control.acceptIntent(put(1), next());
  expect((await control.readSubscriber('s1'))?.observed).toBeNull();
  expect((await control.readSubscriber('s2'))?.observed).toEqual(seen);
});

test('an operation that goes to and fro keeps a bounded history', async () => {
  const { control, agent } = openTestStore();
  const next = contexts(['r0']);
  await control.acceptIntent(put(1), next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  for (let at = 0; at < 300; at += 1) {
    const state = at % 2 === 0 ? 'planned' : 'applied';
    await agent.advanceOperations(at * 1_000, [{ id: 'o2', router: 'r0', state }]);
  }
  const history = (await control.readOperation('o2'))?.history ?? [];
  expect([history.length, history[0]?.state, history.at(-1)?.at]).toEqual([
    100,
    'received',
    new Date(299_000).toISOString(),
  ]);
});
