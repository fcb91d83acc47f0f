import type { LiveSubscriber } from '../desired/live.ts';
import { isTrue } from '../row.ts';
import type { WisphubRow } from './parts.ts';
import { holders } from './rows.ts';
import { valuesOf, type TakenRow } from './state.ts';

/** What the restore lane may lift of WispHub's while a router is taken over, for whoever is restored by name meanwhile. */
export interface NamedLifts {
  /** Of the step under way: the first of its writes begins it. */
  readonly operation: string;
  /** Rows of the cut-off list that cut this subscriber and nobody else. */
  readonly rows: ReadonlyMap<string, readonly TakenRow[]>;
}

/**
 * Whether a row of WispHub's goes by the word of those who were restored by name, ahead of all that we have yet to write
 * (I1): it cuts, and each who is at its address was restored. Whoever else it cuts may have no row of ours yet, and would be
 * open until he has (I2); and who is frozen keeps it, for of him nothing is certain. The one rule of a pass, and of the
 * restore lane beside it.
 */
export function goesByName(
  found: WisphubRow,
  there: readonly LiveSubscriber[] | null,
  restored: ReadonlySet<string>,
  frozen: ReadonlySet<string>,
): boolean {
  if (there === null || there.length === 0 || !isCutting(found)) return false;
  return there.every(({ id }) => restored.has(id) && !frozen.has(id));
}

/** True for a row that keeps an address cut. */
export function isCutting({ part, row }: WisphubRow): boolean {
  return part === 'cutoff-list' && !isTrue(row.get('disabled'));
}

/**
 * The rows that a restore by name may take from the cut-off list at once, beside the bulk of a takeover that may have
 * minutes to go (I1): of each subscriber those that would go if he were the one who was restored.
 */
export function namedLifts(
  rows: readonly WisphubRow[],
  live: readonly LiveSubscriber[],
  frozen: ReadonlySet<string>,
): NamedLifts['rows'] {
  const holdersOf = holders(live);
  const lifts = new Map<string, readonly TakenRow[]>();
  for (const found of rows) {
    const there = holdersOf(found.row);
    const [one] = there ?? [];
    if (one === undefined || !goesByName(found, there, new Set([one.id]), frozen)) continue;
    const { menu, row, place } = found;
    const taken: TakenRow = { menu, id: row.get('.id') ?? '', place, values: valuesOf(row) };
    lifts.set(one.id, [...(lifts.get(one.id) ?? []), taken]);
  }
  return lifts;
}
