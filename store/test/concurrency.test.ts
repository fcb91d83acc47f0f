import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { NOTICE_KINDS, type SubscriberState } from '../../schemas/subscriber.ts';
import type { DesiredSubscriber, Intent } from '../ports.ts';
import { openStore } from '../sqlite/open.ts';
import { contexts, subscriber, temporaryFolder } from './fixture.ts';

const TAKEN_AT = 1_000;
// So few that instructions are often repeated.
const numbers = fc.integer({ min: 1, max: 6 });
const reasons = fc.constantFrom('a', 'b');
const routers = fc.constantFrom('r0', 'r1');

const intents: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ number: numbers, router: routers }).map(({ number, router }): Intent => ({
    kind: 'put-subscriber',
    id: `s${number}`,
    subscriber: subscriber(number, { router }),
  })),
  numbers.map((number): Intent => ({ kind: 'delete-subscriber', id: `s${number}` })),
  fc
    .record({ number: numbers, reason: reasons })
    .map(({ number, reason }): Intent => ({ kind: 'cutoff', id: `s${number}`, cutoff: { reason } })),
  numbers.map((number): Intent => ({ kind: 'restore', id: `s${number}` })),
  fc
    .record({ number: numbers, text: reasons, notice: fc.constantFrom(...NOTICE_KINDS) })
    .map(({ number, text, notice }): Intent => ({ kind: 'notice', id: `s${number}`, notice, value: { text } })),
  fc
    .record({ number: numbers, notice: fc.constantFrom(...NOTICE_KINDS) })
    .map(({ number, notice }): Intent => ({ kind: 'notice-end', id: `s${number}`, notice })),
);

const snapshots: fc.Arbitrary<readonly SubscriberState[]> = fc.uniqueArray(numbers, { minLength: 1 }).chain((ids) =>
  fc.tuple(
    ...ids.map((number) =>
      fc.record({ router: routers, reason: fc.option(reasons, { nil: null }) }).map(({ router, reason }) => ({
        id: `s${number}`,
        ...subscriber(number, { router }),
        cutoff: reason === null ? null : { reason },
      })),
    ),
  ),
);

/** The model: facets with the time of their last instruction, written with no regard to speed or crashes. */
class Model {
  readonly living = new Map<string, { router: string; wishes: Map<string, string> }>();
  readonly named = new Map<string, number>();

  accept(intent: Intent, at: number): void {
    if (!('id' in intent)) return;
    const found = this.living.get(intent.id);
    const name = (facet: string): void => void this.named.set(`${intent.id} ${facet}`, at);
    if (intent.kind === 'put-subscriber') {
      this.living.set(intent.id, {
        router: intent.subscriber.router,
        wishes: found?.wishes ?? new Map<string, string>(),
      });
      // The same again, too: it is newer than a snapshot taken before.
      name('subscriber');
    }
    if (found === undefined) return;
    if (intent.kind === 'delete-subscriber') {
      this.living.delete(intent.id);
      for (const facet of ['subscriber', 'cutoff', ...NOTICE_KINDS]) name(facet);
    }
    if (intent.kind === 'cutoff') found.wishes.set('cutoff', intent.cutoff.reason);
    if (intent.kind === 'restore') found.wishes.delete('cutoff');
    if (intent.kind === 'notice') found.wishes.set(intent.notice, intent.value.text ?? '');
    if (intent.kind === 'notice-end') found.wishes.delete(intent.notice);
    if (intent.kind === 'cutoff' || intent.kind === 'restore') name('cutoff');
    if (intent.kind === 'notice' || intent.kind === 'notice-end') name(intent.notice);
  }

  switch(rows: readonly SubscriberState[]): void {
    const wanted = new Map(rows.map((row) => [row.id, row]));
    for (const id of new Set([...wanted.keys(), ...this.living.keys()])) {
      const isNamed = (facet: string): boolean => (this.named.get(`${id} ${facet}`) ?? 0) > TAKEN_AT;
      const before = this.living.get(id);
      const row = wanted.get(id);
      const kept = [...(before?.wishes ?? [])].filter(([facet]) => isNamed(facet));
      const reason = row?.cutoff?.reason;
      const wishes = new Map([
        ...kept,
        ...(reason === undefined || isNamed('cutoff') ? [] : [['cutoff', reason] as const]),
      ]);
      const fallback = kept.length > 0 ? before?.router : undefined;
      const router = isNamed('subscriber') ? before?.router : (row?.router ?? fallback);
      if (router === undefined) this.living.delete(id);
      else this.living.set(id, { router, wishes });
    }
  }

  shown(): unknown {
    return [...this.living]
      .map(([id, { router, wishes }]) => [id, router, [...wishes].sort()] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function shown(records: readonly DesiredSubscriber[]): unknown {
  return records.map(({ id, subscriber: { router }, cutoff, notices }) => [
    id,
    router,
    [
      ...(cutoff === null ? [] : [['cutoff', cutoff.value.reason]]),
      ...Object.entries(notices).map(([kind, notice]) => [kind, notice.value.text]),
    ].sort(),
  ]);
}

test('a snapshot staged among single instructions ends in the state of the model', async () => {
  const folder = temporaryFolder();
  const plans = fc.record({
    before: fc.array(fc.tuple(intents, fc.boolean()), { maxLength: 12 }),
    // Turns of the event loop before each instruction: so they fall into every moment of the build.
    during: fc.array(fc.tuple(intents, fc.nat(6)), { minLength: 1, maxLength: 12 }),
    rows: snapshots,
  });
  const run = async ({ before, during, rows }: typeof plans extends fc.Arbitrary<infer Plan> ? Plan : never) => {
    const file = join(folder, 'store.db');
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    const store = openStore({ file });
    const other = openStore({ file });
    try {
      const next = contexts();
      const model = new Model();
      for (const [intent, isLate] of [...before].sort(([, a], [, b]) => Number(a) - Number(b))) {
        const at = isLate ? TAKEN_AT + 1 : TAKEN_AT - 1;
        await store.control.acceptIntent(intent, next({ at }));
        model.accept(intent, at);
      }
      await store.control.stageSnapshot('a', rows);
      const head = { generation: 1, takenAt: TAKEN_AT, expectedCuts: null, hash: 'h' };
      const switching = store.control.switchSnapshot('a', head, next({ at: TAKEN_AT + 2 }));
      for (const [at, [intent, turns]] of during.entries()) {
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        const by = at % 2 === 0 ? store : other;
        // Whether it falls before or after the switch is left to chance: both must end the same.
        await by.control.acceptIntent(intent, next({ at: TAKEN_AT + 3 }));
      }
      await switching;
      const accepted = await store.control.listSubscribers(null, 100);
      return { model, during, rows, records: accepted.items.map(({ record }) => record) };
    } finally {
      store.close();
      other.close();
    }
  };
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { model, during, rows, records } = await run(plan);
      const possible = Array.from({ length: during.length + 1 }, (_, switchedAfter) => {
        const outcome = new Model();
        for (const [id, { router, wishes }] of model.living)
          outcome.living.set(id, { router, wishes: new Map(wishes) });
        for (const [facet, at] of model.named) outcome.named.set(facet, at);
        for (const [at, [intent]] of during.entries()) {
          if (at === switchedAfter) outcome.switch(rows);
          outcome.accept(intent, TAKEN_AT + 3);
        }
        if (switchedAfter === during.length) outcome.switch(rows);
        return outcome.shown();
      });
      expect(possible).toContainEqual(shown(records));
    }),
    { numRuns: 100 },
  );
});
