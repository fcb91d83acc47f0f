import type { DriftCount, DriftNews, NewEvent } from '../store/ports.ts';
import { driftOf, stillUnmarked, unmarkedSince, type DriftedRow, type UnmarkedRow } from './core/drift.ts';
import type { ObservedRouter } from './core/observed.ts';
import type { Plan } from './core/plan/plan.ts';

/** One event of a kind in so long: what drifts meanwhile is told together with the next. */
const QUIET_MS = 600_000;
/** So many rows are named in an event. */
const NAMED = 10;

type Told = 'found' | 'repaired';

/** What was not told yet, and when the last event was. */
interface Untold {
  rows: readonly DriftedRow[];
  toldAt: number | null;
}

/**
 * Follows what somebody else changes on one router: finds it in the plans of passes, knows it as repaired when a pass
 * has nothing left to write for it, and bounds what the journal is told. It knows what it has seen since the process
 * began: what drifted while nobody looked is repaired like any other difference, and counted by nobody.
 */
export class DriftWatch {
  readonly #router: string;
  readonly #open = new Map<string, DriftedRow>();
  readonly #untold: Readonly<Record<Told, Untold>> = {
    found: { rows: [], toldAt: null },
    repaired: { rows: [], toldAt: null },
  };
  /** Subscribers written beside the passes: since the last look, and before it. */
  #touchedNow = new Set<string>();
  #touched: ReadonlySet<string> = new Set();
  /** Rows that lost our mark, and stand without it: no plan says so, so they are remembered. */
  #unmarked: readonly UnmarkedRow[] = [];
  #settled: ObservedRouter | null = null;

  constructor(router: string) {
    this.#router = router;
  }

  /**
   * Rows of this subscriber are written beside the passes: until all is settled again they prove nothing, and not even then
   * if he was touched since the look before: the router may have been read before that.
   */
  touch(subscriber: string): void {
    this.#touchedNow.add(subscriber);
  }

  /**
   * Told of every read and what was decided of it; `countedMs` only goes up. Null: there is nothing to record. On a router
   * that is handed back (`isGivenBack`) it is we who take our rows and marks away: until all is settled again, be that
   * because the hand-back was turned round, nothing is somebody else's doing.
   */
  look(
    observed: ObservedRouter,
    plan: Plan,
    { at, countedMs, isGivenBack }: { readonly at: number; readonly countedMs: number; readonly isGivenBack: boolean },
  ): DriftNews | null {
    if (isGivenBack) this.#forget();
    const lost = this.#settled === null ? [] : unmarkedSince(this.#settled, observed);
    const known = stillUnmarked(this.#unmarked, observed);
    const names = new Set(known.map(({ name }) => name));
    this.#unmarked = [...known, ...lost.filter(({ name }) => !names.has(name))];
    const drifted = [...(this.#settled === null ? [] : driftOf(this.#settled, observed, plan)), ...this.#unmarked];
    const there = new Map(drifted.filter(({ owner }) => !this.#isTouched(owner)).map((row) => [row.name, row]));
    const found = [...there.values()].filter(({ name }) => !this.#open.has(name));
    const repaired = [...this.#open.values()].filter(({ name }) => !there.has(name));
    for (const row of found) this.#open.set(row.name, row);
    for (const { name } of repaired) this.#open.delete(name);
    if (plan.stages.length === 0) {
      this.#settled = observed;
      this.#touched = this.#touchedNow;
      this.#touchedNow = new Set();
    }
    const events = [...this.#tell('found', found, at, countedMs), ...this.#tell('repaired', repaired, at, countedMs)];
    const counts = countsOf(found, repaired);
    return counts.length + events.length === 0 ? null : { counts, events };
  }

  #isTouched(owner: string): boolean {
    return this.#touched.has(owner) || this.#touchedNow.has(owner);
  }

  /** What stood before is no measure any more; nor is what somebody changed in it put right from here on. */
  #forget(): void {
    this.#settled = null;
    this.#unmarked = [];
    this.#open.clear();
  }

  #tell(what: Told, rows: readonly DriftedRow[], at: number, countedMs: number): readonly NewEvent[] {
    const untold = this.#untold[what];
    untold.rows = [...untold.rows, ...rows];
    const isQuiet = untold.toldAt !== null && countedMs - untold.toldAt < QUIET_MS;
    if (untold.rows.length === 0 || isQuiet) return [];
    const told = untold.rows;
    untold.rows = [];
    untold.toldAt = countedMs;
    return [
      {
        at,
        type: `drift.${what}`,
        subject: `router/${this.#router}`,
        router: this.#router,
        data: { count: told.length, kinds: byKind(told), rows: told.slice(0, NAMED).map(({ name }) => name) },
      },
    ];
  }
}

function countsOf(found: readonly DriftedRow[], repaired: readonly DriftedRow[]): readonly DriftCount[] {
  const [ofFound, ofRepaired] = [byKind(found), byKind(repaired)];
  return [...new Set([...Object.keys(ofFound), ...Object.keys(ofRepaired)])].map((kind) => ({
    kind,
    found: ofFound[kind] ?? 0,
    repaired: ofRepaired[kind] ?? 0,
  }));
}

function byKind(rows: readonly DriftedRow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
