import { canonicalAddress } from '../canonical.ts';
import { ownComment, ownerOf, printKey, type RowKey, type RowOwner } from '../ownership.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import type { DesiredRow } from '../desired/rows.ts';

/** An address-list compared with what it should hold. Order means nothing here. */
export interface SetDiff {
  readonly add: readonly DesiredRow[];
  readonly set: readonly {
    readonly row: Row;
    readonly desired: DesiredRow;
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly remove: readonly { readonly row: Row; readonly key: RowKey }[];
  /** Wanted, and provided already by a row that is not ours: not written again, watched. */
  readonly covered: readonly { readonly desired: DesiredRow; readonly row: Row }[];
  /** Wanted, but a disabled foreign row holds the place: RouterOS takes no second row of the same address. */
  readonly blocked: readonly { readonly desired: DesiredRow; readonly row: Row }[];
}

/**
 * Compares one address-list menu with the rows wanted there. Ours that are not wanted go, doubles of ours go; rows that
 * have no owner are never in the result's `set` or `remove` (I3).
 */
export function diffSet(
  menu: Menu,
  observed: readonly Row[],
  desired: readonly DesiredRow[],
  owner: RowOwner,
): SetDiff {
  const wanted = new Map<string, DesiredRow>();
  for (const row of desired) if (row.menu === menu) wanted.set(placeOf(row.values), row);
  const add = new Map(wanted);
  const set: SetDiff['set'][number][] = [];
  const remove: SetDiff['remove'][number][] = [];
  const covered: SetDiff['covered'][number][] = [];
  const blocked: SetDiff['blocked'][number][] = [];
  const foreign = new Map<string, Row>();
  const ours: { readonly row: Row; readonly own: RowKey; readonly place: string }[] = [];
  for (const row of observed) {
    const place = placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' });
    const own = owner(row);
    if (own !== null) ours.push({ row, own, place });
    else if (!foreign.has(place) || !isTrue(row.get('disabled'))) foreign.set(place, row);
  }
  for (const { row, own, place } of ours) {
    const match = wanted.get(place);
    if (match === undefined || !add.has(place)) {
      remove.push({ row, key: own });
      continue;
    }
    add.delete(place);
    const values: Record<string, string> = {};
    if (ownerOf(row) === null || !isNamedFor(match, own)) values['comment'] = ownComment(match.key);
    if (isTrue(row.get('disabled'))) values['disabled'] = 'no';
    // Beside another's row RouterOS takes no change of ours (`already have such entry`), and none is needed.
    const beside = match.subscriber === null ? foreign.get(place) : undefined;
    if (beside !== undefined && !isTrue(beside.get('disabled'))) {
      covered.push({ desired: match, row: beside });
      continue;
    }
    if (Object.keys(values).length > 0) set.push({ row, desired: match, values });
  }
  for (const [place, row] of foreign) {
    const match = add.get(place);
    if (match === undefined) continue;
    add.delete(place);
    if (isTrue(row.get('disabled'))) blocked.push({ desired: match, row });
    else covered.push({ desired: match, row });
  }
  return { add: [...add.values()], set, remove, covered, blocked };
}

function isNamedFor({ key, alsoFor = [] }: DesiredRow, own: RowKey): boolean {
  return [key, ...alsoFor].some((one) => printKey(one) === printKey(own));
}

/** A row's identity on the router: RouterOS takes an address once in a list. */
export function placeOf(values: Readonly<Record<string, string>>): string {
  return `${values['list'] ?? ''} ${canonicalAddress(values['address'] ?? '')}`;
}
