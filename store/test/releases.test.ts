import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HeldOperation, RouterPlan } from '../../schemas/router.ts';
import type { ShownVersion } from '../ports.ts';
import type { Store } from '../sqlite/open.ts';
import { accepted, contexts, openTestStore, temporaryFolder, unseenStatus } from './fixture.ts';

/** A site whose passes hold what they are told to, and a person who reads plans and releases. */
function braking(store = openTestStore()) {
  const next = contexts();
  return {
    store,
    /** A pass over a router ends: the brake holds these, by operation. */
    hold: (router: string, by: Readonly<Record<string, readonly string[]>>): Promise<void> =>
      store.agent.recordRouter(unseenStatus(router), planOf(router, by)),
    /** What a person reads of an operation on a router. */
    read: (router: string, operation: string): Promise<ShownVersion> => readVersion(store, router, operation),
    release: async (router: string, operations: readonly string[], shown?: readonly ShownVersion[]): Promise<unknown> =>
      accepted(
        await store.control.acceptIntent(
          { kind: 'release', router, operations, ...(shown === undefined ? {} : { shown }) },
          next(),
        ),
      ).operation?.result,
    releaseEverywhere: async (operations: readonly string[], shown: readonly ShownVersion[]): Promise<unknown> =>
      accepted(
        await store.control.acceptIntent({ kind: 'release-everywhere', operations, routers: null, shown }, next()),
      ).operation?.result,
    released: async (router: string): Promise<readonly (readonly string[] | null)[]> =>
      (await store.agent.desiredFor(router)).releases.map(({ subscribers }) => subscribers),
  };
}

test('I8: who joins the held ones between the read and the release was shown to nobody: he stays, and is told', async () => {
  const { hold, read, release, released } = braking();
  await hold('r0', { x: ['a', 'b'] });
  const shown = [await read('r0', 'x')];
  await hold('r0', { x: ['a', 'b', 'c', 'd'] });
  const later = [{ router: 'r0', operation: 'x', count: 2 }];
  expect(await release('r0', ['x'], shown)).toEqual({ released: ['x'], unknown: [], later });
  expect(await released('r0')).toEqual([['a', 'b']]);
  // Read again, and released: there is nothing to tell.
  expect(await release('r0', ['x'], [await read('r0', 'x')])).toEqual({ released: ['x'], unknown: [] });
  expect(await released('r0')).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c', 'd'],
  ]);
});

test('I8: who leaves the held ones and comes back has joined anew', async () => {
  const { hold, read, release, released } = braking();
  await hold('r0', { x: ['a', 'b'] });
  const shown = [await read('r0', 'x')];
  await hold('r0', { x: ['a'] });
  await hold('r0', { x: ['a', 'b'] });
  expect(await release('r0', ['x'], shown)).toMatchObject({ later: [{ count: 1 }] });
  expect(await released('r0')).toEqual([['a']]);
});

test('I8: a version never comes twice, though all who were held went and others are held under the same name', async () => {
  const { hold, read, release, released } = braking();
  await hold('r0', { x: ['a', 'b'] });
  const shown = [await read('r0', 'x')];
  await hold('r0', {});
  await hold('r0', { x: ['a', 'c'] });
  const later = [{ router: 'r0', operation: 'x', count: 2 }];
  expect(await release('r0', ['x'], shown)).toEqual({ released: [], unknown: ['x'], later });
  expect(await released('r0')).toEqual([]);
});

test('a list that others leave and join all the time can be released: those who were shown and are there still are', async () => {
  const { hold, read, release, released } = braking();
  await hold('r0', { x: ['a', 'b', 'c'] });
  const shown = [await read('r0', 'x')];
  await hold('r0', { x: ['a', 'b', 'd'] });
  await hold('r0', { x: ['a', 'd', 'e'] });
  expect(await release('r0', ['x'], shown)).toMatchObject({ released: ['x'], later: [{ count: 2 }] });
  expect(await released('r0')).toEqual([['a']]);
});

test('where some only left, all who are there were shown', async () => {
  const { hold, read, release, released } = braking();
  await hold('r0', { x: ['a'] });
  await hold('r0', { x: ['a', 'b'] });
  const before = await read('r0', 'x');
  await hold('r0', { x: ['a'] });
  expect((await read('r0', 'x')).version).toBeLessThan(before.version);
  expect(await release('r0', ['x'], [before])).toEqual({ released: ['x'], unknown: [] });
  expect(await released('r0')).toEqual([['a']]);
});

test('all who are new in one pass join at one version, over all routers no two passes at the same', async () => {
  const { hold, read } = braking();
  await hold('r0', { x: ['a'], y: ['b'] });
  await hold('r1', { x: ['c'] });
  const [x, y, other] = [await read('r0', 'x'), await read('r0', 'y'), await read('r1', 'x')];
  expect([y.version, other.version]).toEqual([x.version, x.version + 1]);
  await hold('r0', { x: ['a'], y: ['b'] });
  await hold('r0', { x: ['a'] });
  await hold('r1', { x: ['c', 'd'] });
  expect(await read('r0', 'x')).toEqual(x);
  expect((await read('r1', 'x')).version).toBe(other.version + 1);
});

test('I8: where it is said what was shown, what is left out was not, and what this database never gave neither', async () => {
  const { hold, read, release, releaseEverywhere, released } = braking();
  await hold('r0', { x: ['a'], y: ['b', 'c'] });
  await hold('r1', { x: ['d'] });
  const x = await read('r0', 'x');
  expect(await release('r0', ['x', 'y'], [x])).toEqual({
    ...{ released: ['x'], unknown: ['y'] },
    later: [{ router: 'r0', operation: 'y', count: 2 }],
  });
  const later = [{ router: 'r1', operation: 'x', count: 1 }];
  expect(await releaseEverywhere(['x'], [x])).toEqual({ released: ['x'], unknown: [], routers: ['r0'], later });
  const ahead = { router: 'r1', operation: 'x', version: (await read('r1', 'x')).version + 1 };
  expect(await release('r1', ['x'], [ahead])).toEqual({ released: [], unknown: ['x'], later });
  expect(await release('r1', ['none'], [])).toEqual({ released: [], unknown: ['none'] });
  expect(await released('r1')).toEqual([]);
});

test('I8: a page of before a backup was restored binds nobody, however many come to be held after it', async () => {
  const folder = temporaryFolder();
  const [file, backup] = [join(folder, 'store.db'), join(folder, 'backup.db')];
  let now = Date.UTC(2026, 2, 10, 12);
  const before = openTestStore(file, () => now);
  const old = braking(before);
  await old.hold('r0', { x: ['a', 'b', 'c'] });
  await copyDatabase(file, backup);
  now += 3_600_000;
  // Two of them pay, one after the other.
  for (const ids of [
    ['a', 'b', 'd'],
    ['b', 'd'],
    ['d', 'e'],
  ])
    await old.hold('r0', { x: ids });
  const page = [await old.read('r0', 'x')];
  before.close();
  now += 3_600_000;
  const { hold, read, release, released } = braking(openTestStore(backup, () => now));
  const everybody = ['a', 'b', 'c', 'f', 'g', 'h', 'i'];
  for (let count = 4; count <= everybody.length; count += 1) await hold('r0', { x: everybody.slice(0, count) });
  const later = [{ router: 'r0', operation: 'x', count: everybody.length }];
  expect(await release('r0', ['x'], page)).toEqual({ released: [], unknown: ['x'], later });
  expect(await released('r0')).toEqual([]);
  // Who reads anew is shown all of them.
  expect(await release('r0', ['x'], [await read('r0', 'x')])).toEqual({ released: ['x'], unknown: [] });
});

test('I8: who left and came back after a backup was made is bound by no page of before it, once control has begun anew', async () => {
  const folder = temporaryFolder();
  const [file, backup] = [join(folder, 'store.db'), join(folder, 'backup.db')];
  // A box without a battery: after the restore it starts at the time of the backup.
  const now = () => Date.UTC(2026, 2, 10, 12);
  const before = openTestStore(file, now);
  await before.control.beginShown(7);
  const old = braking(before);
  await old.hold('r0', { x: ['a', 'b'] });
  const page = [await old.read('r0', 'x')];
  await copyDatabase(file, backup);
  for (const ids of [['b'], ['a', 'b']]) await old.hold('r0', { x: ids });
  const last = await old.read('r0', 'x');
  const later = [{ router: 'r0', operation: 'x', count: 1 }];
  expect(await old.release('r0', ['x'], page)).toMatchObject({ later });
  before.close();
  const store = openTestStore(backup, now);
  await store.control.beginShown(99);
  const { hold, read, release, released } = braking(store);
  await hold('r0', { x: ['a', 'b'] });
  const both = [{ router: 'r0', operation: 'x', count: 2 }];
  for (const shown of [page, [last]])
    expect(await release('r0', ['x'], shown)).toEqual({ released: [], unknown: ['x'], later: both });
  expect(await released('r0')).toEqual([]);
  // Who reads it now is shown both, and who joins after that was shown to nobody.
  const shown = [await read('r0', 'x')];
  await hold('r0', { x: ['a', 'b', 'c'] });
  expect(await release('r0', ['x'], shown)).toEqual({ released: ['x'], unknown: [], later });
  expect(await released('r0')).toEqual([['a', 'b']]);
});

test('I8: a clock that was set back gives no version twice', async () => {
  let now = Date.UTC(2026, 2, 10, 12);
  const { hold, read } = braking(openTestStore(undefined, () => now));
  await hold('r0', { x: ['a'] });
  const first = await read('r0', 'x');
  expect(first.version).toBe(now);
  now -= 3_600_000;
  await hold('r0', { x: ['a', 'b'] });
  expect((await read('r0', 'x')).version).toBe(first.version + 1);
});

test('a site is released by what was shown of each router, and by nothing else of it', async () => {
  const { hold, read, releaseEverywhere, released } = braking();
  await hold('r0', { x: ['a'], y: ['b'] });
  await hold('r1', { x: ['c'] });
  const shown = await Promise.all([read('r0', 'x'), read('r0', 'y'), read('r1', 'x')]);
  await hold('r1', { x: ['c', 'd'] });
  expect(await releaseEverywhere(['x', 'y'], shown)).toEqual({
    ...{ released: ['x', 'y'], unknown: [], routers: ['r0', 'r1'] },
    later: [{ router: 'r1', operation: 'x', count: 1 }],
  });
  expect([await released('r0'), await released('r1')]).toEqual([[['a'], ['b']], [['c']]]);
});

test('only what the brake holds has a version to send back, and a plan is not written again for it', async () => {
  const { store, hold } = braking();
  await hold('r0', { x: ['a'] });
  const [braked] = (await store.control.routerPlan('r0'))?.heldOperations ?? [];
  const waits = heldOf('x', ['b'], 'portal-unknown');
  const plan = planOf('r0', { x: ['a'] });
  await store.agent.recordRouter(unseenStatus('r0'), { ...plan, heldOperations: [heldOf('x', ['a']), waits] });
  expect((await store.control.routerPlan('r0'))?.heldOperations).toEqual([braked, waits]);
  expect((await store.control.heldOn('x')).map(({ held }) => held.shown)).toEqual([braked?.shown, undefined]);
});

/** As a backup is made while the daemons run. */
async function copyDatabase(file: string, to: string): Promise<void> {
  const db = new Database(file, { readonly: true });
  await db.backup(to);
  db.close();
}

async function readVersion({ control }: Store, router: string, operation: string): Promise<ShownVersion> {
  const inPlan = (await control.routerPlan(router))?.heldOperations?.find((held) => held.operation === operation);
  const onSite = (await control.heldOn(operation)).find((one) => one.router === router)?.held;
  // Whichever of them a person reads.
  expect(onSite).toEqual(inPlan);
  if (inPlan?.shown === undefined) throw new Error(`nothing is shown of ${operation} on ${router}`);
  return { router, operation, version: inPlan.shown };
}

function planOf(router: string, by: Readonly<Record<string, readonly string[]>>): RouterPlan {
  const held = Object.entries(by).flatMap(([operation, ids]) =>
    ids.map((id) => ({ subject: `subscriber/${id}`, reason: 'brake', detail: '', operations: [operation] })),
  );
  const heldOperations = Object.entries(by).map(([operation, ids]) => heldOf(operation, ids));
  return { router, at: '1970-01-01T00:00:03.000Z', steps: [], held, heldOperations, findings: [] };
}

function heldOf(operation: string, ids: readonly string[], reason = 'brake'): HeldOperation {
  const nobody = { count: 0, first: [] };
  return {
    ...{ operation, kind: 'desired-state', reason, detail: '', since: '1970-01-01T00:00:03.000Z' },
    ...{ cut: { count: ids.length, first: [...ids] }, restored: nobody, noticed: nobody },
    ...{ way: reason === 'brake' ? 'release' : 'wait', commands: [], omitted: 0 },
  };
}
