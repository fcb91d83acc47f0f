import { expect, onTestFinished, test } from 'vitest';
import { ACT_KINDS, BACKENDS, FAULT_KINDS, KNOWN_BY, type History } from './actions.ts';
import { generate } from './generate.ts';
import { play, Shelf } from './play.ts';
import { shrink } from './shrink.ts';
import { Tally } from './tally.ts';
import { tell } from './tell.ts';

/** So many in one run of all suites, over all shards. */
const HISTORIES = Number(process.env['HISTORIES'] ?? 800);
/** The first seed; each history has the next one. */
const FROM = Number(process.env['HISTORY_FROM'] ?? 1);
/** Only this one. */
const ONLY = process.env['HISTORY_SEED'];
const SHRINK_TRIES = Number(process.env['HISTORY_SHRINK'] ?? 60);
/** From so many on, every kind must have been drawn. */
const ENOUGH = 100;

/** One shard of the histories on their own clock and wire. */
export function historiesOf(shard: number, shards: number): void {
  const seeds =
    ONLY !== undefined
      ? shard === 1
        ? [Number(ONLY)]
        : []
      : Array.from({ length: HISTORIES }, (_, at) => FROM + at).filter((_, at) => at % shards === shard - 1);
  test(
    `I1 I2 I3 I4 I5 I6 I7 I8: the promises hold in ${seeds.length} random histories`,
    { timeout: 3_600_000 },
    async () => {
      const shelf = new Shelf('memory');
      onTestFinished(() => {
        shelf.remove();
      });
      const tally = new Tally();
      const from = performance.now();
      for (const seed of seeds) await playOne(generate(seed), shelf, tally);
      print(`shard ${shard} of ${shards}`, seeds, tally, performance.now() - from);
      if (seeds.length < ENOUGH) return;
      expect.soft(tally.kept, 'passes that found all settled').toBeGreaterThan(0);
      for (const kind of ACT_KINDS)
        expect.soft(tally.actions.get(kind) ?? 0, `actions of kind ${kind}`).toBeGreaterThan(0);
      for (const kind of BACKENDS)
        expect.soft(tally.backends.get(kind) ?? 0, `routers with back-end ${kind}`).toBeGreaterThan(0);
      for (const kind of KNOWN_BY)
        expect.soft(tally.known.get(kind) ?? 0, `subscribers known by ${kind}`).toBeGreaterThan(0);
      for (const kind of FAULT_KINDS)
        expect.soft(tally.faults.get(kind) ?? 0, `faults of kind ${kind}`).toBeGreaterThan(0);
    },
  );
}

async function playOne(history: History, shelf: Shelf, tally: Tally): Promise<void> {
  const violations = await play(history, shelf, tally, 'virtual');
  const [first] = violations;
  if (first === undefined) return;
  const promise = promiseOf(first);
  const shorter = await shrink(
    history,
    async (candidate) =>
      (await play(candidate, shelf, new Tally(), 'virtual')).some((one) => promiseOf(one) === promise),
    SHRINK_TRIES,
  );
  const again = await play(shorter, shelf, new Tally(), 'virtual');
  fail(history, violations, ['shrunk to:', ...tell(shorter), ...again]);
}

function promiseOf(violation: string): string {
  return violation.replace(/ at .*|:.*/s, '');
}

/** Fails the test, naming seed, history and how to see it again. */
export function fail({ setup, actions }: History, violations: readonly string[], more: readonly string[]): never {
  throw new Error(
    [
      `history ${setup.seed} breaks a promise:`,
      ...violations,
      `replay: HISTORY_SEED=${setup.seed} npx vitest run --project world test/histories`,
      ...(more.length > 0 ? more : tell({ setup, actions })),
    ].join('\n'),
  );
}

/** One line: how many, what they did, what hit them. */
export function print(name: string, seeds: readonly number[], tally: Tally, ms: number): void {
  const told = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  process.stdout.write(
    `histories, ${name}: ${tally.histories} (seeds ${seeds.at(0) ?? '-'} to ${seeds.at(-1) ?? '-'}), ` +
      `${tally.commands} router commands, ${Math.round(ms / Math.max(1, tally.histories))} ms each; ` +
      `${tally.kept} passes that found all settled; back-ends: ${told(tally.backends)}; known by: ${told(tally.known)}; actions: ${told(tally.actions)}; faults: ${told(tally.faults)}\n`,
  );
}
