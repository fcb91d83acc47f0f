import type { ObservedRouter } from './observed.ts';
import type { Menu, Row } from './row.ts';

/**
 * What was read now, with every table that reads as it did before being the earlier object: who compares two reads, or
 * holds something made of one, sees at once which tables changed.
 */
export function keepTables<Reading extends ObservedRouter>(now: Reading, before: ObservedRouter | null): Reading {
  if (before === null) return now;
  const tables = new Map<Menu, readonly Row[]>();
  for (const [menu, rows] of now.tables) {
    const earlier = before.tables.get(menu);
    tables.set(menu, earlier !== undefined && areSameRows(earlier, rows) ? earlier : rows);
  }
  return { ...now, tables };
}

/** Their order counts: RouterOS evaluates rows from top to bottom. */
function areSameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a === b || (a.length === b.length && a.every((row, at) => isSameRow(row, b[at])));
}

function isSameRow(a: Row, b: Row | undefined): boolean {
  if (a.size !== b?.size) return false;
  for (const [name, value] of a) if (b.get(name) !== value) return false;
  return true;
}
