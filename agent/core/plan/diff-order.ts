import { sameValue } from '../canonical.ts';
import { DECIDING } from '../menus.ts';
import { ownerOf, printKey, type RowKey } from '../ownership.ts';
import { isTrue, type Row, type RowId } from '../row.ts';
import type { DesiredRow } from '../desired/rows.ts';
import type { Anchor } from './step.ts';

/** What brings rows of ours into the wanted order; top to bottom, for the first match decides. */
export type OrderChange =
  | { readonly kind: 'add'; readonly desired: DesiredRow; readonly before: Anchor }
  | {
      readonly kind: 'set';
      readonly desired: DesiredRow;
      readonly id: RowId;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'move'; readonly desired: DesiredRow; readonly id: RowId; readonly before: Anchor }
  | { readonly kind: 'remove'; readonly key: RowKey; readonly id: RowId };

/**
 * Compares an ordered run of our rules with the wanted one. `observed` are our rows of that run in the router's order.
 * The longest run already in order stays; what is missing is added and what is out of order is moved, top first, each
 * before the next row that stays (`end` if there is none). A row with a matcher that we did not set is replaced, the
 * right one first; doubles and unknown rows of ours go last.
 */
export function diffOrder(observed: readonly Row[], desired: readonly DesiredRow[]): readonly OrderChange[] {
  const found = new Map<string, Row>();
  const stale: { key: RowKey; id: RowId }[] = [];
  const wanted = new Map(desired.map((row, at) => [printKey(row.key), at]));
  const sequence: { at: number; row: Row }[] = [];
  for (const row of observed) {
    const key = ownerOf(row);
    if (key === null) continue;
    const name = printKey(key);
    const at = wanted.get(name);
    if (at === undefined || found.has(name)) {
      stale.push({ key, id: idOf(row) });
      continue;
    }
    found.set(name, row);
    sequence.push({ at, row });
  }
  const staying = new Set(longestRising(sequence.map(({ at }) => at)));
  const changes: OrderChange[] = [];
  for (const [at, row] of desired.entries()) {
    const there = found.get(printKey(row.key));
    const before = anchorAfter(at, desired, found, staying);
    if (there === undefined) {
      changes.push({ kind: 'add', desired: row, before });
      continue;
    }
    if (hasForeignMatcher(there, row)) {
      changes.push({ kind: 'add', desired: row, before: staying.has(at) ? { by: 'id', id: idOf(there) } : before });
      stale.push({ key: row.key, id: idOf(there) });
      continue;
    }
    // Moved first: a rule that a person switched off must not come alive in the wrong place.
    if (!staying.has(at)) changes.push({ kind: 'move', desired: row, id: idOf(there), before });
    const values = changedValues(there, row);
    if (Object.keys(values).length > 0) changes.push({ kind: 'set', desired: row, id: idOf(there), values });
  }
  for (const { key, id } of stale) changes.push({ kind: 'remove', key, id });
  return changes;
}

/** The values that must be set to make a row of ours what it should be; `disabled=no` where a person switched it off. */
export function changedValues(row: Row, desired: DesiredRow): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(desired.values)) {
    if (!sameValue(name, row.get(name) ?? '', value)) values[name] = value;
  }
  if (isTrue(row.get('disabled'))) values['disabled'] = 'no';
  return values;
}

/** True when the row carries a deciding property that we did not set: only a new row is sure to be without it. */
export function hasForeignMatcher(row: Row, desired: DesiredRow): boolean {
  return (DECIDING[desired.menu] ?? []).some((name) => {
    const value = row.get(name);
    return value !== undefined && value !== '' && desired.values[name] === undefined && !isNeutral(name, value);
  });
}

/** Values RouterOS prints though nobody set them. */
function isNeutral(name: string, value: string): boolean {
  switch (name) {
    case 'src-address':
    case 'dst-address':
      return value === '0.0.0.0/0' || value === '::/0' || value === '0.0.0.0' || value === '::';
    case 'method':
      return value === 'any';
    case 'action':
    case 'chain':
      return false;
    case 'reject-with':
    case 'to-addresses':
      return value === 'icmp-network-unreachable' || value === '0.0.0.0';
    default:
      return false;
  }
}

function anchorAfter(
  at: number,
  desired: readonly DesiredRow[],
  found: ReadonlyMap<string, Row>,
  staying: ReadonlySet<number>,
): Anchor {
  for (let next = at + 1; next < desired.length; next += 1) {
    const row = desired[next];
    const there = row === undefined ? undefined : found.get(printKey(row.key));
    if (there !== undefined && staying.has(next)) return { by: 'id', id: idOf(there) };
  }
  return { by: 'end' };
}

export function idOf(row: Row): RowId {
  return row.get('.id') ?? '';
}

/** A longest strictly rising subsequence (patience sorting): the rows that need not move. */
function longestRising(values: readonly number[]): readonly number[] {
  const tails: number[] = [];
  const previous = new Map<number, number>();
  for (const value of values) {
    const slot = tails.findIndex((tail) => tail >= value);
    const at = slot === -1 ? tails.length : slot;
    const before = tails[at - 1];
    if (before !== undefined) previous.set(value, before);
    tails[at] = value;
  }
  const rising: number[] = [];
  for (let value = tails.at(-1); value !== undefined; value = previous.get(value)) rising.unshift(value);
  return rising;
}
