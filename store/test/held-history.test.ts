import { expect, test } from 'vitest';
import { heldUnderOf } from '../../schemas/held-under.ts';
import type { Operation } from '../../schemas/operation.ts';
import type { SubscriberState } from '../../schemas/subscriber.ts';
import type { OperationAdvance } from '../ports.ts';
import type { Store } from '../sqlite/open.ts';
import { acceptedGeneration, contexts, openTestStore } from './fixture.ts';

const NAMES = 100;
const AT = 9_000;

/** A snapshot that all these routers have a part in. */
async function snapshotOn(store: Store, routers: readonly string[]): Promise<string> {
  const context = contexts([...routers])();
  const rows: readonly SubscriberState[] = routers.map((router, at) => ({
    ...{ id: `s${at}`, name: 'x', router, addresses: [`10.${at >> 8}.${at & 255}.1`] },
    cutoff: { reason: 'no payment' },
  }));
  await store.control.stageSnapshot('stage', rows);
  const head = { generation: 1, takenAt: 0, expectedCuts: null, hash: 'h1' };
  return acceptedGeneration(await store.control.switchSnapshot('stage', head, context)).operation.id;
}

/** What an agent tells of a router that holds a hundred cuts of this snapshot under other names. */
function holding(id: string, router: string, heldUnder: readonly string[]): OperationAdvance {
  const subscribers = Array.from({ length: NAMES }, (_, at) => `s-${router}-${at}`);
  const detail = '100 new after 0 in 60 min on this router; 10 are allowed';
  const seen = { router, readAt: '2026-03-10T12:03:00.000Z', version: '7.24 (stable)', detail };
  const evidence = { ...seen, withheld: { brake: NAMES }, subscribers, heldUnder };
  return { id, router, state: 'held', reason: 'brake', heldUnder, evidence };
}

async function read({ control }: Store, id: string): Promise<Operation> {
  const operation = await control.readOperation(id);
  if (operation === null) throw new Error(`no ${id}`);
  return operation;
}

async function heldEvents({ control }: Store): Promise<readonly unknown[]> {
  const entries = await control.entriesAfter(0, 10_000);
  return entries.filter(({ type }) => type === 'operation.held').map(({ data }) => data['heldUnder']);
}

test('what two hundred routers hold of a snapshot is told once, by number and within bounds', async () => {
  const routers = Array.from({ length: 200 }, (_, at) => `r${at}`);
  const store = openTestStore();
  const id = await snapshotOn(store, routers);
  await store.agent.advanceOperations(
    AT,
    routers.map((router) => holding(id, router, ['o9'])),
  );
  const bytes = async (): Promise<number> => JSON.stringify(await read(store, id)).length;
  expect((await read(store, id)).history.at(-1)).toMatchObject({
    state: 'held',
    evidence: { withheld: { brake: 200 * NAMES }, heldUnder: ['o9'], routers: { r7: { withheld: { brake: NAMES } } } },
  });
  expect(await bytes()).toBeLessThan(100_000);
  const events = (await heldEvents(store)).length;
  // A person releases; one router after the other cuts, and all others are still held under the same name.
  for (const router of routers.slice(1, 30))
    await store.agent.advanceOperations(AT, [{ id, router, state: 'verified', evidence: { router } }]);
  expect((await read(store, id)).history.map(({ state }) => state)).toEqual(['received', 'held']);
  expect(await bytes()).toBeLessThan(100_000);
  expect(await heldEvents(store)).toHaveLength(events);
});

test('a held operation names what to release now, and since when it is held', async () => {
  const routers = ['r0', 'r1', 'r2'];
  const store = openTestStore();
  const id = await snapshotOn(store, routers);
  const tell = async (at: number, router: string, under: readonly string[]): Promise<readonly string[]> => {
    await store.agent.advanceOperations(at, [holding(id, router, under)]);
    return heldUnderOf((await read(store, id)).history.at(-1)?.evidence);
  };
  for (const router of routers) await tell(AT, router, ['o8', 'o9']);
  expect(await tell(AT + 1_000, 'r0', ['o9'])).toEqual(['o8', 'o9']);
  expect(await tell(AT + 2_000, 'r1', ['o9'])).toEqual(['o8', 'o9']);
  expect(await tell(AT + 3_000, 'r2', ['o9'])).toEqual(['o9']);
  expect((await read(store, id)).history.map(({ state, at }) => [state, Date.parse(at)])).toEqual([
    ['received', 1_000],
    ['held', AT],
  ]);
  expect((await heldEvents(store)).slice(-1)).toEqual([['o9']]);
});

test('what an operation was told of before is kept short, what it is told now is whole', async () => {
  const store = openTestStore();
  const id = await snapshotOn(store, ['r0']);
  for (let at = 0; at < 60; at += 1) {
    await store.agent.advanceOperations(AT + at, [holding(id, 'r0', ['o9'])]);
    if (at < 59) await store.agent.advanceOperations(AT + at, [{ id, router: 'r0', state: 'planned' }]);
  }
  const operation = await read(store, id);
  expect(operation.history).toHaveLength(100);
  expect(operation.history.at(-1)?.evidence?.['subscribers']).toHaveLength(NAMES);
  expect(operation.history.at(-3)?.evidence).toMatchObject({ withheld: { brake: NAMES }, heldUnder: ['o9'] });
  expect(JSON.stringify(operation).length).toBeLessThan(30_000);
});
