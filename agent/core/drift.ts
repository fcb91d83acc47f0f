import { canonicalAddress, sameValue } from './canonical.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerIn, ownerOf, printKey, type RowKey } from './ownership.ts';
import { stepsOf, type Plan } from './plan/plan.ts';
import type { Step } from './plan/step.ts';
import { isTrue, type Menu, type Row } from './row.ts';

/** Rows that a self-test of ours left behind are nobody else's. */
const SELF_TEST = 'self-test';

/** A row of ours that somebody else changed, moved, removed or made. */
export interface DriftedRow {
  /** The same row has the same name from pass to pass, whatever became of its id. */
  readonly name: string;
  /** What the row is for: the word in its comment. */
  readonly kind: RowKey['kind'];
  /** Whose it is: a subscriber's id, or what a shared row is called. */
  readonly owner: string;
}

/**
 * The steps of a plan that no instruction asks for: somebody wrote to the router. `settled` is the last read that left
 * nothing to write, so all of ours stood then as it was wanted. What is missing and stood there as it is wanted now was
 * taken away; what is set back was so there; what is removed and was not there is no row that we made.
 */
export function driftOf(
  settled: Pick<ObservedRouter, 'tables'>,
  observed: Pick<ObservedRouter, 'tables'>,
  plan: Plan,
): readonly DriftedRow[] {
  const steps = stepsOf(plan);
  if (steps.length === 0) return [];
  const before = new Index(settled);
  const now = new Index(observed);
  const found = new Map<string, DriftedRow>();
  for (const step of steps) {
    const place = placeOf(step, now);
    if (place === null || step.key.key === SELF_TEST || !isDrift(step, place, before, now)) continue;
    found.set(place, { name: place, kind: step.key.kind, owner: step.key.key });
  }
  return [...found.values()];
}

/** A list row of ours that bears somebody else's comment by now, or none. */
export interface UnmarkedRow extends DriftedRow {
  readonly menu: Menu;
  readonly list: string;
  readonly address: string;
}

const LISTS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];

/**
 * List rows whose mark somebody took: no plan tells of them, for such a row is nobody's we know, does what it did and
 * keeps its place from any other (I3).
 */
export function unmarkedSince(
  settled: Pick<ObservedRouter, 'tables'>,
  observed: Pick<ObservedRouter, 'tables'>,
): readonly UnmarkedRow[] {
  return LISTS.flatMap((menu) => {
    const rows = rowsOf(observed, menu);
    // A table that reads as before is the object of before.
    if (rowsOf(settled, menu) === rows) return [];
    const strangers = new Map(
      rows
        .filter((row) => ownerOf(row) === null && !isTrue(row.get('dynamic')))
        .map((row) => [row.get('.id') ?? '', row]),
    );
    return rowsOf(settled, menu).flatMap((row): readonly UnmarkedRow[] => {
      const key = ownerOf(row);
      const id = row.get('.id') ?? '';
      const now = key === null ? undefined : strangers.get(id);
      if (key === null || now === undefined || !holds(now, placed(row))) return [];
      return [{ name: nameOf(menu, key, addressOf(row)), kind: key.kind, owner: key.key, menu, ...placed(row) }];
    });
  });
}

/**
 * Those of such rows that are still there without our mark, by what they are: a reboot, or a backup that is restored on the
 * router, gives rows other ids, and may give an id to another row.
 */
export function stillUnmarked(
  unmarked: readonly UnmarkedRow[],
  observed: Pick<ObservedRouter, 'tables'>,
): readonly UnmarkedRow[] {
  if (unmarked.length === 0) return [];
  const strangers = new Set(
    LISTS.flatMap((menu) =>
      rowsOf(observed, menu)
        .filter((row) => ownerOf(row) === null && !isTrue(row.get('dynamic')))
        .map((row) => placeKey(menu, placed(row))),
    ),
  );
  return unmarked.filter((row) => strangers.has(placeKey(row.menu, row)));
}

/** Which row of a list it is: RouterOS holds an address once in a list. */
function placeKey(menu: Menu, { list, address }: Pick<UnmarkedRow, 'list' | 'address'>): string {
  return `${menu} ${list} ${canonicalAddress(address)}`;
}

function placed(row: Row): Pick<UnmarkedRow, 'list' | 'address'> {
  return { list: row.get('list') ?? '', address: row.get('address') ?? '' };
}

function isDrift(step: Step, place: string, before: Index, now: Index): boolean {
  switch (step.kind) {
    case 'add':
    case 'set':
      return before.at(place).some((row) => holds(row, step.values));
    case 'settings':
      return (before.settings(step.menu) ?? []).some((row) => holds(row, step.values));
    case 'move':
      return before.at(place).length > 0;
    case 'remove':
      return now.at(place).length > before.at(place).length;
    case 'drop-connections':
      return false;
  }
}

/** Menu, owner and address: what a row is, whichever id it has. Null for what is no row of ours. */
function placeOf(step: Step, now: Index): string | null {
  switch (step.kind) {
    case 'drop-connections':
      return null;
    case 'settings':
      return step.menu;
    case 'add':
      return nameOf(step.menu, step.key, step.values['address'] ?? step.values['src-address'] ?? '');
    case 'set':
    case 'move':
    case 'remove': {
      const row = now.byId(step.menu, step.id);
      return row === undefined ? null : nameOf(step.menu, step.key, addressOf(row));
    }
  }
}

/** True when the row has these values, as far as RouterOS prints them: what it leaves out is at its default. */
function holds(row: Row, values: Readonly<Record<string, string>>): boolean {
  return Object.entries(values).every(([name, value]) => {
    const seen = row.get(name);
    return seen === undefined || sameValue(name, seen, value);
  });
}

function nameOf(menu: Menu, key: RowKey, address: string): string {
  return `${menu} ${printKey(key)} ${canonicalAddress(address)}`;
}

function addressOf(row: Row): string {
  return row.get('address') ?? row.get('src-address') ?? '';
}

/** Our rows of one read, by what they are. Made when first asked for: most passes ask nothing. */
class Index {
  readonly #observed: Pick<ObservedRouter, 'tables'>;
  #places: Map<string, Row[]> | null = null;
  readonly #ids = new Map<Menu, ReadonlyMap<string, Row>>();

  constructor(observed: Pick<ObservedRouter, 'tables'>) {
    this.#observed = observed;
  }

  at(place: string): readonly Row[] {
    this.#places ??= this.#index();
    return this.#places.get(place) ?? [];
  }

  byId(menu: Menu, id: string): Row | undefined {
    const known =
      this.#ids.get(menu) ?? new Map(rowsOf(this.#observed, menu).map((row) => [row.get('.id') ?? '', row]));
    this.#ids.set(menu, known);
    return known.get(id);
  }

  settings(menu: Menu): readonly Row[] | undefined {
    return this.#observed.tables.get(menu);
  }

  #index(): Map<string, Row[]> {
    const places = new Map<string, Row[]>();
    for (const [menu, rows] of this.#observed.tables) {
      for (const row of rows) {
        const owner = ownerIn(menu, row);
        if (owner === null) continue;
        const name = nameOf(menu, owner, addressOf(row));
        const group = places.get(name);
        if (group === undefined) places.set(name, [row]);
        else group.push(row);
      }
    }
    return places;
  }
}
