import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf } from '../ownership.ts';
import { placeOf } from '../plan/diff-set.ts';
import { isTrue, type Menu, type Row, type RowId } from '../row.ts';
import type { TakenRow } from './state.ts';

const LISTS: ReadonlySet<Menu> = new Set(['/ip/firewall/address-list', '/ipv6/firewall/address-list']);

/** The row of the router that a row on record is, or undefined where it stands no more. */
export type FindTaken = (taken: TakenRow) => Row | undefined;

/**
 * Finds the row itself, or one that says the same: ids change when a router is set up again from a backup. A list row is
 * found by its place, whoever's it is. Each menu is looked through once, not once a row: a list has thousands.
 */
export function takenFinder(observed: Pick<ObservedRouter, 'tables'>): FindTaken {
  const indexes = new Map<Menu, FindTaken>();
  return (taken) => {
    const find = indexes.get(taken.menu) ?? finderOf(taken.menu, rowsOf(observed, taken.menu));
    indexes.set(taken.menu, find);
    return find(taken);
  };
}

function finderOf(menu: Menu, rows: readonly Row[]): FindTaken {
  return LISTS.has(menu) ? byPlace(rows) : byIdOrValues(rows);
}

function byPlace(rows: readonly Row[]): FindTaken {
  const places = new Map<string, Row>();
  for (const row of rows) {
    if (isTrue(row.get('dynamic'))) continue;
    const place = placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' });
    if (!places.has(place)) places.set(place, row);
  }
  return ({ values }) => places.get(placeOf(values));
}

function byIdOrValues(all: readonly Row[]): FindTaken {
  const rows = all.filter((row) => ownerOf(row) === null);
  const ids = new Map<RowId, Row>(rows.map((row) => [row.get('.id') ?? '', row]));
  // Pages differ by whom they are for: of thousands only a few are for the same address.
  const sources = new Map<string, Row[]>();
  for (const row of rows) {
    const source = row.get('src-address');
    if (source === undefined) continue;
    const same = sources.get(source);
    if (same === undefined) sources.set(source, [row]);
    else same.push(row);
  }
  return ({ id, values }) => {
    const isSame = (row: Row): boolean =>
      Object.entries(values).every(([name, value]) => name === 'disabled' || row.get(name) === value);
    const itself = ids.get(id);
    if (itself !== undefined && isSame(itself)) return itself;
    const source = values['src-address'];
    return (source === undefined ? rows : (sources.get(source) ?? [])).find(isSame);
  };
}
