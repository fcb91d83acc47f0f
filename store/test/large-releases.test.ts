import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { HeldOperation, RouterPlan } from '../../schemas/router.ts';
import type { ShownVersion } from '../ports.ts';
import { openStore, type Store } from '../sqlite/open.ts';
import { accepted, contexts, subscriber, temporaryFolder, unseenStatus } from './fixture.ts';

/** Two daemons on one file; each look at the time is a millisecond, so that a slice is a few rows. */
function twoDaemons(): { readonly store: Store; readonly other: Store } {
  const file = join(temporaryFolder(), 'store.db');
  let ms = 0;
  const open = (): Store => {
    const store = openStore({ file, monotonic: () => (ms += 1) });
    onTestFinished(() => {
      store.close();
    });
    return store;
  };
  return { store: open(), other: open() };
}

test('I8: a release of many names lets others write in between, and counts as a whole or not at all', async () => {
  const { store, other } = twoDaemons();
  const names = Array.from({ length: 120 }, (_, at) => `x${at}`);
  await store.agent.recordRouter(
    unseenStatus('r0'),
    planOf(names, (name) => [`s-${name}`]),
  );
  const shown = versionsIn(await store.control.routerPlan('r0'));
  const over = { isDone: false };
  const release = store.control
    .acceptIntent({ kind: 'release-everywhere', operations: names, routers: null, shown }, contexts()())
    .finally(() => (over.isDone = true));
  // A pass ends in the midst of it: somebody joins one of the last of them.
  const pass = other.agent.recordRouter(unseenStatus('r0'), planOf(names, withLate));
  const next = contexts();
  const seen: number[] = [];
  while (!over.isDone) {
    const put = { kind: 'put-subscriber', id: 'p', subscriber: subscriber(1) } as const;
    await other.control.acceptIntent(put, next({ operation: `p${seen.length}` }));
    seen.push((await other.agent.desiredFor('r0')).releases.length);
  }
  await pass;
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((count) => count !== 0 && count !== names.length)).toEqual([]);
  const { result } = accepted(await release).operation ?? {};
  expect(result?.['released']).toEqual(names);
  const { releases } = await store.agent.desiredFor('r0');
  expect(releases.flatMap(({ subscribers }) => subscribers).sort()).toEqual(names.map((name) => `s-${name}`).sort());
});

test('I8: a release of many names that says nothing of what was shown means whom the brake holds when it comes', async () => {
  const { store, other } = twoDaemons();
  const names = Array.from({ length: 120 }, (_, at) => `x${at}`);
  await store.agent.recordRouter(
    unseenStatus('r0'),
    planOf(names, (name) => [`s-${name}`]),
  );
  const releasing = store.control.acceptIntent({ kind: 'release', router: 'r0', operations: names }, contexts()());
  await other.agent.recordRouter(unseenStatus('r0'), planOf(names, withLate));
  await releasing;
  const { releases } = await store.agent.desiredFor('r0');
  expect(releases.map(({ subscribers }) => subscribers).every((ids) => ids?.length === 1)).toBe(true);
  expect(releases).toHaveLength(names.length);
});

test('I8: while many names come and go, a plan that is read binds nobody whom it does not show', async () => {
  const { store, other } = twoDaemons();
  const names = Array.from({ length: 510 }, (_, at) => `x${String(at).padStart(3, '0')}`);
  await store.agent.recordRouter(
    unseenStatus('r0'),
    planOf(names, (name) => [`a-${name}`]),
  );
  const over = { isDone: false };
  const pass = store.agent
    .recordRouter(
      unseenStatus('r0'),
      planOf(names, (name) => [`b-${name}`]),
    )
    .finally(() => (over.isDone = true));
  const next = contexts();
  const asked: string[] = [];
  while (!over.isDone) {
    const plan = await other.control.routerPlan('r0');
    for (const name of ['x000', 'x509']) {
      const shown = versionsIn(plan).filter(({ operation }) => operation === name);
      const context = next();
      await other.control.acceptIntent({ kind: 'release', router: 'r0', operations: [name], shown }, context);
      const named = plan?.heldOperations?.find(({ operation }) => operation === name)?.cut.first ?? [];
      asked.push([context.at, name, ...named].join(' '));
    }
    await setImmediate();
  }
  await pass;
  expect(asked.length).toBeGreaterThan(3);
  const { releases } = await other.agent.desiredFor('r0');
  for (const { at, name, subscribers } of releases)
    expect(asked).toContain([at, name, ...(subscribers ?? [])].join(' '));
  // Once it is over all who joined are shown, and can be released.
  const shown = versionsIn(await other.control.routerPlan('r0'));
  expect(shown).toHaveLength(names.length);
  const all = { kind: 'release', router: 'r0', operations: names, shown } as const;
  expect(accepted(await other.control.acceptIntent(all, next())).operation?.result).toEqual({
    released: names,
    unknown: [],
  });
});

/** Somebody has joined one of the last names. */
function withLate(name: string): readonly string[] {
  return [`s-${name}`, ...(name === 'x99' ? ['late'] : [])];
}

function versionsIn(plan: RouterPlan | null): readonly ShownVersion[] {
  return (plan?.heldOperations ?? []).flatMap(({ operation, shown }) =>
    operation === null || shown === undefined ? [] : [{ router: 'r0', operation, version: shown }],
  );
}

function planOf(names: readonly string[], idsOf: (name: string) => readonly string[]): RouterPlan {
  const nobody = { count: 0, first: [] };
  const at = '1970-01-01T00:00:03.000Z';
  const heldOperations = names.map((operation): HeldOperation => {
    const ids = idsOf(operation);
    return {
      ...{ operation, kind: 'cutoff', reason: 'brake', detail: '', since: at },
      ...{ cut: { count: ids.length, first: [...ids] }, restored: nobody, noticed: nobody },
      ...{ way: 'release', commands: [], omitted: 0 },
    };
  });
  const held = names.flatMap((name) =>
    idsOf(name).map((id) => ({ subject: `subscriber/${id}`, reason: 'brake', detail: '', operations: [name] })),
  );
  return { router: 'r0', at, steps: [], held, heldOperations, findings: [] };
}
