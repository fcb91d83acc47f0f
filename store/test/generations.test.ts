import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SubscriberState } from '../../schemas/subscriber.ts';
import type { Intent, SnapshotHead } from '../ports.ts';
import type { Store } from '../sqlite/open.ts';
import { accepted, acceptedGeneration, contexts, openTestStore, subscriber } from './fixture.ts';

const cutoff = { reason: 'no payment' };

function state(number: number, over: Partial<SubscriberState> = {}): SubscriberState {
  return { id: `s${number}`, ...subscriber(number), ...over };
}

function head(generation: number, takenAt: number, hash = `h${generation}`): SnapshotHead {
  return { generation, takenAt, expectedCuts: null, hash };
}

async function send(
  { control }: Store,
  rows: readonly SubscriberState[],
  snapshot: SnapshotHead,
  context: ReturnType<ReturnType<typeof contexts>>,
) {
  await control.stageSnapshot(context.operation, rows);
  return control.switchSnapshot(context.operation, snapshot, context);
}

async function verify({ agent }: Store, operation: string, router: string): Promise<void> {
  await agent.advanceOperations(9_000, [{ id: operation, router, state: 'verified' }]);
}

test('a snapshot becomes the desired state, with parts for the routers it concerns', async () => {
  const store = openTestStore();
  const next = contexts();
  const rows = [state(1, { cutoff }), state(2, { router: 'r1' })];
  const { operation } = acceptedGeneration(await send(store, rows, head(1, 0), next()));
  expect(operation).toMatchObject({ kind: 'desired-state', subject: 'site/norte-1', state: 'received' });
  const view = await store.agent.desiredFor('r0');
  expect(view.subscribers).toMatchObject([{ id: 's1', cutoff: { value: cutoff, operation: 'o1' } }]);
  expect(view.operations).toMatchObject([{ id: 'o1', kind: 'desired-state' }]);
  expect(await store.agent.openOperations('r1')).toHaveLength(1);
  expect(await store.control.generation()).toEqual({ generation: 1, hash: 'h1', takenAt: 0 });
});

test('the same generation again is a no-op, an older one and another content are refused', async () => {
  const store = openTestStore();
  const next = contexts();
  await send(store, [state(1)], head(5, 0), next());
  expect(await send(store, [state(1)], head(5, 0), next())).toMatchObject({
    outcome: 'replayed',
    operation: { id: 'o1' },
  });
  const mismatch = { outcome: 'generation-mismatch', lastGeneration: 5 };
  expect(await send(store, [state(1)], head(4, 0), next())).toEqual(mismatch);
  expect(await send(store, [state(1)], head(5, 0, 'other'), next())).toEqual(mismatch);
  expect(await store.control.applyDelta({ baseGeneration: 4, generation: 6 }, 'd6', next())).toEqual(mismatch);
});

test('a snapshot that changes nothing is verified at once and keeps revisions', async () => {
  const store = openTestStore();
  const next = contexts();
  await send(store, [state(1, { cutoff })], head(1, 0), next());
  await verify(store, 'o1', 'r0');
  const before = await store.control.readSubscriber('s1');
  const { operation } = acceptedGeneration(await send(store, [state(1, { cutoff })], head(2, 0), next()));
  expect(operation.state).toBe('verified');
  expect(await store.control.readSubscriber('s1')).toEqual(before);
});

test('I6: a snapshot has a part where a cut that it wants is still to be made for an earlier operation; a delta has none', async () => {
  const store = openTestStore();
  const next = contexts();
  const rows = [state(1, { cutoff }), state(2, { router: 'r1' })];
  await send(store, rows, head(1, 0), next());
  await verify(store, 'o1', 'r1');
  const again = acceptedGeneration(await send(store, rows, head(2, 0), next()));
  expect(again.operation.state).toBe('received');
  expect(await store.agent.openOperations('r0')).toMatchObject([
    { id: 'o1', follows: 'nothing' },
    { id: 'o2', follows: 'alone' },
  ]);
  expect(await store.agent.openOperations('r1')).toEqual([]);
  const delta = { baseGeneration: 2, generation: 3, put: rows };
  const { operation } = acceptedGeneration(await store.control.applyDelta(delta, 'd3', next()));
  expect(operation.state).toBe('verified');
  // What it changes there itself stands beside that.
  await send(store, [state(1, { cutoff }), state(3, { cutoff })], head(4, 0), next());
  expect(await store.agent.openOperations('r0')).toMatchObject([
    { id: 'o1', follows: 'nothing' },
    { id: 'o4', follows: 'beside' },
  ]);
});

test('the next snapshot supersedes one that stands for earlier cuts alone, and leaves one that has changed something', async () => {
  const store = openTestStore();
  const next = contexts();
  const rows = [state(1, { cutoff }), state(2)];
  await send(store, rows, head(1, 0), next());
  await send(store, rows, head(2, 0), next());
  const renamed = [state(1, { cutoff }), state(2, { name: 'other' })];
  await send(store, renamed, head(3, 0), next());
  expect(await store.control.readOperation('o2')).toMatchObject({ state: 'superseded' });
  await send(store, renamed, head(4, 0), next());
  const open = async () => (await store.agent.openOperations('r0')).map(({ id }) => id);
  expect(await open()).toEqual(['o1', 'o3', 'o4']);
  // The agent says that what it changed stands.
  const waits = { state: 'held', reason: 'brake', heldUnder: ['o1'], evidence: { heldUnder: ['o1'] } } as const;
  await store.agent.advanceOperations(9_000, [{ id: 'o3', router: 'r0', ...waits, follows: 'alone' }]);
  await send(store, renamed, head(5, 0), next());
  expect(await open()).toEqual(['o1', 'o5']);
});

test('that cuts are held under another name is told in place of the name before, and in the journal', async () => {
  const store = openTestStore();
  const next = contexts();
  const rows = [state(1, { cutoff })];
  await send(store, rows, head(1, 0), next());
  await send(store, rows, head(2, 0), next());
  const tell = async (heldUnder: readonly string[]): Promise<unknown> => {
    const held = { state: 'held', reason: 'brake', heldUnder, evidence: { heldUnder } } as const;
    await store.agent.advanceOperations(9_000, [{ id: 'o2', router: 'r0', ...held }]);
    const { history } = (await store.control.readOperation('o2')) ?? { history: [] };
    return history.map((entry) => [entry.state, entry.evidence?.['heldUnder'] ?? null]);
  };
  const first = [
    ['received', null],
    ['held', ['o1', 'o9']],
  ];
  expect(await tell(['o1', 'o9'])).toEqual(first);
  expect(await tell(['o1', 'o9'])).toEqual(first);
  expect(await tell(['o1'])).toEqual([
    ['received', null],
    ['held', ['o1']],
  ]);
  const told = (await store.control.entriesAfter(0, 100)).filter(({ type }) => type === 'operation.held');
  expect(told.map(({ data }) => data['heldUnder'])).toEqual([['o1', 'o9'], ['o1']]);
});

test('an instruction accepted after takenAt outranks the snapshot, facet by facet', async () => {
  const store = openTestStore();
  const next = contexts();
  for (const number of [1, 2, 3]) {
    const intent = { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) } as const;
    await store.control.acceptIntent(intent, next());
  }
  await store.control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next({ at: 50_000 }));
  await store.control.acceptIntent({ kind: 'restore', id: 's2' }, next({ at: 50_000 }));
  await store.control.acceptIntent({ kind: 'delete-subscriber', id: 's3' }, next({ at: 50_000 }));
  const rows = [
    state(1, { name: 'New', notices: { custom: { text: 'hi' } } }),
    state(2, { cutoff }),
    state(3, { cutoff }),
  ];
  await send(store, rows, head(1, 40_000), next({ at: 60_000 }));
  const s1 = await store.control.readSubscriber('s1');
  expect(s1?.record).toMatchObject({ subscriber: { name: 'New' }, cutoff: { operation: 'o4' } });
  expect(s1?.record.notices).toHaveProperty('custom');
  expect((await store.control.readSubscriber('s2'))?.record.cutoff).toBeNull();
  expect(await store.control.readSubscriber('s3')).toBeNull();
  expect(await store.control.readOperation('o4')).toMatchObject({ state: 'received' });
});

test('I10: the same instruction again outranks a snapshot taken before it was repeated', async () => {
  const store = openTestStore();
  const next = contexts();
  const again = [
    { kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) },
    { kind: 'cutoff', id: 's1', cutoff },
    { kind: 'notice', id: 's1', notice: 'custom', value: { text: 'hi' } },
    { kind: 'put-subscriber', id: 's2', subscriber: subscriber(2) },
    { kind: 'restore', id: 's2' },
  ] as const satisfies readonly Intent[];
  for (const intent of again) await store.control.acceptIntent(intent, next());
  const entries = await store.control.head();
  for (const intent of again) await store.control.acceptIntent(intent, next({ at: 50_000 }));
  expect(await store.control.head()).toBe(entries);

  const rows = [state(1, { addresses: ['10.9.9.9'] }), state(2, { cutoff })];
  await send(store, rows, head(1, 40_000), next({ at: 60_000 }));
  const s1 = await store.control.readSubscriber('s1');
  expect(s1?.record).toMatchObject({ subscriber: subscriber(1), cutoff: { operation: 'o2' } });
  expect(s1?.record.notices).toHaveProperty('custom');
  expect((await store.control.readSubscriber('s2'))?.record.cutoff).toBeNull();
  expect(await store.control.readOperation('o2')).toMatchObject({ state: 'received' });
});

test.each([0, 1, 2, 3, 4, 5, 6, 8, 10])(
  'I10: a cut-off repeated while a snapshot is being built is not lost (after %i turns of the loop)',
  async (turns) => {
    const store = openTestStore();
    const next = contexts();
    const intent = { kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) } as const;
    await store.control.acceptIntent(intent, next());
    await store.control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
    const switching = send(store, [state(1)], head(1, 40_000), next({ at: 60_000 }));
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    await store.control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next({ at: 60_001 }));
    acceptedGeneration(await switching);
    expect((await store.control.readSubscriber('s1'))?.record.cutoff).toMatchObject({ value: cutoff });
  },
);

test.each([3, 10])(
  'I10: a restore acknowledged while a delta of thousands is being built (%i turns) stands',
  async (turns) => {
    const store = openTestStore();
    const next = contexts();
    const rows = Array.from({ length: 2000 }, (_, at) => state(at + 1, { cutoff }));
    acceptedGeneration(await send(store, rows, head(1, 0), next({ at: 1 })));
    const put = rows.map((row) => ({ ...row, name: `${row.name}!` }));
    const delta = { baseGeneration: 1, generation: 2, put };
    let isOver = false;
    const building = store.control.applyDelta(delta, 'd', next({ at: 60_000 })).finally(() => {
      isOver = true;
    });
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    // The clock was set back meanwhile: what counts is the order.
    const restore = accepted(await store.control.acceptIntent({ kind: 'restore', id: 's7' }, next({ at: 30_500 })));
    expect(isOver).toBe(false);
    acceptedGeneration(await building);
    const found = await store.control.readSubscriber('s7');
    expect(found?.record.cutoff).toBeNull();
    expect(found?.record.subscriber.name).toBe('S 7!');
    expect((await store.control.readOperation(restore.operation?.id ?? ''))?.state).not.toBe('superseded');
    expect((await store.control.readSubscriber('s8'))?.record.cutoff).not.toBeNull();
  },
);

test.each([0, 1, 2, 3, 4, 5, 6, 8, 10])(
  'I10: a restore repeated before a delta of thousands is built (%i turns) stands, though it changes nothing',
  async (turns) => {
    const store = openTestStore();
    const next = contexts();
    const rows = Array.from({ length: 1000 }, (_, at) => state(at + 1));
    acceptedGeneration(await send(store, rows, head(1, 0), next({ at: 1 })));
    accepted(await store.control.acceptIntent({ kind: 'restore', id: 's7' }, next({ at: 59_000 })));
    const delta = { baseGeneration: 1, generation: 2, put: rows.map((row) => ({ ...row, cutoff })) };
    const building = store.control.applyDelta(delta, 'd', next({ at: 60_000 }));
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    accepted(await store.control.acceptIntent({ kind: 'restore', id: 's7' }, next({ at: 60_001 })));
    acceptedGeneration(await building);
    expect((await store.control.readSubscriber('s7'))?.record.cutoff).toBeNull();
    expect((await store.control.readSubscriber('s8'))?.record.cutoff).not.toBeNull();
  },
);

test('I10: a restore repeated while a small delta waits for a large one stands', async () => {
  const store = openTestStore();
  const next = contexts();
  const rows = Array.from({ length: 600 }, (_, at) => state(at + 1));
  acceptedGeneration(await send(store, rows, head(1, 0), next({ at: 1 })));
  accepted(await store.control.acceptIntent({ kind: 'restore', id: 's7' }, next({ at: 59_000 })));
  const large = { baseGeneration: 1, generation: 2, put: rows.slice(100).map((row) => ({ ...row, cutoff })) };
  const building = store.control.applyDelta(large, 'd', next({ at: 60_000 }));
  const small = { baseGeneration: 2, generation: 3, put: [state(7, { cutoff }), state(8, { cutoff })] };
  const waiting = store.control.applyDelta(small, 'e', next({ at: 60_001 }));
  accepted(await store.control.acceptIntent({ kind: 'restore', id: 's7' }, next({ at: 60_002 })));
  acceptedGeneration(await building);
  acceptedGeneration(await waiting);
  expect((await store.control.readSubscriber('s7'))?.record.cutoff).toBeNull();
  expect((await store.control.readSubscriber('s8'))?.record.cutoff).not.toBeNull();
});

test('a snapshot supersedes the open operations that it contradicts, and keeps an equal cut-off as it was', async () => {
  const store = openTestStore();
  const next = contexts();
  for (const number of [1, 2]) {
    const intent = { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) } as const;
    await store.control.acceptIntent(intent, next());
    await store.control.acceptIntent({ kind: 'cutoff', id: `s${number}`, cutoff }, next());
  }
  await send(store, [state(1, { cutoff }), state(2)], head(1, 50_000), next({ at: 60_000 }));
  expect((await store.control.readSubscriber('s1'))?.record.cutoff).toEqual({
    value: cutoff,
    since: 2_000,
    operation: 'o2',
  });
  expect(await store.control.readOperation('o2')).toMatchObject({ state: 'received' });
  expect(await store.control.readOperation('o4')).toMatchObject({ state: 'superseded' });
});

test('absence from a snapshot makes unnamed departures; they end when the subscriber is back', async () => {
  const store = openTestStore();
  const next = contexts();
  await send(store, [state(1, { cutoff }), state(2)], head(1, 0), next());
  await send(store, [state(3)], head(2, 0), next());
  expect((await store.agent.desiredFor('r0')).departures).toMatchObject([{ subscriber: 's1', named: false }]);
  await send(store, [state(1), state(3)], head(3, 0), next());
  expect((await store.agent.desiredFor('r0')).departures).toEqual([]);
});

test('an empty snapshot is held and counts only when a person releases it', async () => {
  const store = openTestStore();
  const next = contexts();
  await send(store, [state(1, { cutoff })], head(1, 0), next());
  const { operation } = acceptedGeneration(await send(store, [], head(2, 0), next()));
  expect(operation).toMatchObject({ id: 'o2', state: 'held', reason: 'empty-snapshot' });
  expect(await send(store, [], head(2, 0), next())).toMatchObject({ outcome: 'replayed', operation: { id: 'o2' } });
  expect((await store.agent.desiredFor('r0')).subscribers).toHaveLength(1);
  // One router alone cannot have a snapshot that is the whole site's.
  for (const one of [
    { kind: 'release', router: 'r0', operations: ['o2'] },
    { kind: 'release-everywhere', operations: ['o2'], routers: ['r0'] },
  ] as const)
    expect(accepted(await store.control.acceptIntent(one, next())).operation?.result).toMatchObject({
      released: [],
      unknown: ['o2'],
    });
  expect((await store.agent.desiredFor('r0')).subscribers).toHaveLength(1);
  const release = { kind: 'release-everywhere', operations: ['o2'], routers: null } as const;
  expect(accepted(await store.control.acceptIntent(release, next())).operation?.result).toMatchObject({
    released: ['o2'],
  });
  const view = await store.agent.desiredFor('r0');
  expect(view.subscribers).toEqual([]);
  expect(view.departures).toMatchObject([{ subscriber: 's1', named: false, operation: 'o2' }]);
  expect(view.operations.find(({ id }) => id === 'o2')).toMatchObject({ released: true, state: 'planned' });
  expect(await store.control.generation()).toMatchObject({ generation: 2 });
});

test('a newer snapshot supersedes a held empty one', async () => {
  const store = openTestStore();
  const next = contexts();
  await send(store, [], head(1, 0), next());
  await send(store, [state(1)], head(2, 0), next());
  expect(await store.control.readOperation('o1')).toMatchObject({ state: 'superseded' });
});

test.each([3, 600])('a delta of %i rows puts and removes by name', async (size) => {
  const store = openTestStore();
  const next = contexts();
  const numbers = Array.from({ length: size }, (_, at) => at + 1);
  await send(
    store,
    [...numbers.map((number) => state(number, { cutoff })), state(9_000, { cutoff })],
    head(1, 0),
    next(),
  );
  const put = numbers.slice(1).map((number) => state(number));
  const delta = { baseGeneration: 1, generation: 2, put, remove: ['s1'] };
  acceptedGeneration(await store.control.applyDelta(delta, 'd2', next()));
  expect(await store.control.applyDelta(delta, 'd2', next())).toMatchObject({ outcome: 'replayed' });
  const view = await store.agent.desiredFor('r0');
  expect(view.subscribers).toHaveLength(size);
  expect(view.subscribers.filter(({ cutoff: cut }) => cut !== null).map(({ id }) => id)).toEqual(['s9000']);
  expect(view.departures).toMatchObject([{ subscriber: 's1', named: true }]);
});

test.each([3, 600])(
  'a delta of %i rows outweighs what was instructed before it, though the clock was set back',
  async (size) => {
    const store = openTestStore();
    const next = contexts();
    const rows = Array.from({ length: size }, (_, at) => state(at + 1));
    acceptedGeneration(await send(store, rows, head(1, 0), next({ at: 1 })));
    await store.control.acceptIntent({ kind: 'cutoff', id: 's2', cutoff }, next({ at: 900_000 }));
    const delta = { baseGeneration: 1, generation: 2, put: rows.map((row) => ({ ...row, name: `${row.name}!` })) };
    acceptedGeneration(await store.control.applyDelta(delta, 'd', next({ at: 300_000 })));
    const found = await store.control.readSubscriber('s2');
    expect([found?.record.subscriber.name, found?.record.cutoff]).toEqual(['S 2!', null]);
  },
);

test('two holders of one address in a snapshot are both accepted', async () => {
  const store = openTestStore();
  const rows = [state(1), state(2, { addresses: ['10.0.0.1'] })];
  expect((await send(store, rows, head(1, 0), contexts()())).outcome).toBe('accepted');
  expect((await store.agent.desiredFor('r0')).subscribers).toHaveLength(2);
});
