import type { DesiredRow } from '../desired/rows.ts';
import { sameValue } from '../canonical.ts';
import { DECIDING } from '../menus.ts';
import { ownComment, ownerOf, printKey } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import { idOf } from './diff-order.ts';
import type { Step } from './step.ts';

/** `/ip/dns/static` compared with the rows wanted there. */
export interface ForwardDiff {
  readonly steps: readonly Step[];
  /** Wanted, but a row that is not ours answers for the name: nothing is written, for which of two counts nobody says. */
  readonly taken: readonly { readonly desired: DesiredRow; readonly row: Row }[];
}

const MENU = '/ip/dns/static';
const BASE = { menu: MENU, lane: 'bulk', subscriber: null } as const;

/** Types that answer the questions for an address; a row without a type is an A. Of the others a name may have both. */
const ANSWERING = new Set(['A', 'AAAA', 'CNAME', 'FWD', 'NXDOMAIN']);

/**
 * A set by name: ours that are not wanted go, doubles too; what has no owner is never changed (I3), and one that does the
 * same is all that is needed. A value of ours that is to be absent cannot be set: such a row is made anew.
 */
export function diffForwards(observed: readonly Row[], desired: readonly DesiredRow[]): ForwardDiff {
  const open = new Map(desired.map((row) => [row.values['name'] ?? '', row]));
  const taken: ForwardDiff['taken'][number][] = [];
  for (const row of observed) {
    const wanted = open.get(nameOf(row));
    const isForeign = ownerOf(row) === null && !isTrue(row.get('disabled'));
    if (wanted === undefined || !isForeign || !ANSWERING.has(row.get('type') ?? 'A')) continue;
    open.delete(nameOf(row));
    if (!doesTheSame(row, wanted)) taken.push({ desired: wanted, row });
  }
  const removed: Step[] = [];
  const set: Step[] = [];
  for (const row of observed) {
    const key = ownerOf(row);
    if (key === null) continue;
    const wanted = open.get(nameOf(row));
    if (wanted === undefined || isBeyondRepair(row, wanted)) {
      // Beside a row that is not ours ours stays off the router; what it learnt stays in the list for its time.
      removed.push({ ...BASE, kind: 'remove', key, id: idOf(row) });
      continue;
    }
    open.delete(nameOf(row));
    const values: Record<string, string> = { ...changed(row, wanted) };
    if (printKey(key) !== printKey(wanted.key)) values['comment'] = ownComment(wanted.key);
    if (isTrue(row.get('disabled'))) values['disabled'] = 'no';
    if (Object.keys(values).length > 0) set.push({ ...BASE, kind: 'set', key: wanted.key, id: idOf(row), values });
  }
  const added = [...open.values()].map(({ key, values }): Step => ({
    ...BASE,
    kind: 'add',
    key,
    values,
    before: null,
  }));
  return { steps: [...removed, ...set, ...added], taken };
}

function nameOf(row: Row): string {
  return (row.get('name') ?? '').toLowerCase();
}

/** Fills the same list with the same names, wherever it asks. */
function doesTheSame(row: Row, { values }: DesiredRow): boolean {
  return (
    row.get('type') === 'FWD' &&
    isTrue(row.get('match-subdomain')) &&
    row.get('address-list') === values['address-list']
  );
}

function isBeyondRepair(row: Row, { values }: DesiredRow): boolean {
  return (DECIDING[MENU] ?? []).some((name) => values[name] === undefined && (row.get(name) ?? '') !== '');
}

function changed(row: Row, { values }: DesiredRow): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== 'name' && !sameValue(name, row.get(name) ?? '', value)),
  );
}
