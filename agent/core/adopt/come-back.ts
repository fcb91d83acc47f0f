import type { ObservedRouter } from '../observed.ts';
import type { RowKey } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import type { Stage } from '../plan/plan.ts';
import type { Anchor, Step } from '../plan/step.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { takenFinder } from './find-taken.ts';
import type { TakenRow } from './state.ts';

const LISTS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];

/** The rows of the router that rows on record are. */
type Standing = ReadonlyMap<TakenRow, Row>;

/**
 * What brings rows on record back. Lists and pages first, then what accepts, then what redirects: nobody is redirected
 * whose portal is not let through.
 */
export function comeBack(coming: readonly TakenRow[], observed: ObservedRouter): readonly Stage[] {
  const standing = standingOf(coming, observed);
  const anchors = anchorsOf(coming, standing);
  const steps = (isMeant: (row: TakenRow) => boolean): readonly Step[] =>
    coming.filter(isMeant).flatMap((row) => backSteps(row, standing.get(row), anchors.get(row) ?? null));
  const inNat = ({ menu }: TakenRow): boolean => menu === '/ip/firewall/nat';
  const isAccept = ({ values }: TakenRow): boolean => (values['action'] ?? 'accept') === 'accept';
  const runs = [
    steps(({ menu }) => LISTS.includes(menu)),
    steps(({ menu }) => menu === '/ip/proxy/access'),
    steps((row) => inNat(row) && isAccept(row)),
    steps((row) => inNat(row) && !isAccept(row)),
  ];
  return runs
    .filter((run) => run.length > 0)
    .map((run) => ({ name: 'adopt', mode: 'serial', sequences: run.map((step) => [step]) }));
}

function backSteps(taken: TakenRow, there: Row | undefined, before: Anchor | null): readonly Step[] {
  const { menu, values } = taken;
  const base = { menu, key: keyOf(taken), lane: 'bulk', subscriber: null } as const;
  // What stands at a place of a list is for `ownRowsOff` to give back, if it is ours.
  if (there === undefined) return [{ ...base, kind: 'add', values, before, foreign: { was: {} } }];
  if (LISTS.includes(menu) || isTrue(there.get('disabled')) === isTrue(values['disabled'])) return [];
  const was = { disabled: isTrue(there.get('disabled')) ? 'yes' : 'no' };
  const disabled = isTrue(values['disabled']) ? 'yes' : 'no';
  return [{ ...base, kind: 'set', id: idOf(there), values: { disabled }, foreign: { was } }];
}

function standingOf(coming: readonly TakenRow[], observed: ObservedRouter): Standing {
  const find = takenFinder(observed);
  const standing = new Map<TakenRow, Row>();
  for (const row of coming) {
    const there = find(row);
    if (there !== undefined) standing.set(row, there);
  }
  return standing;
}

/**
 * Before what each row comes back that stands no more: the next of theirs in its menu that stands. Lists have no order,
 * and so no anchors. One walk a menu, from its end: an engineer may have removed thousands of pages at once.
 */
function anchorsOf(coming: readonly TakenRow[], standing: Standing): ReadonlyMap<TakenRow, Anchor> {
  const anchors = new Map<TakenRow, Anchor>();
  const menus = new Set(coming.map(({ menu }) => menu).filter((menu) => !LISTS.includes(menu)));
  for (const one of menus) {
    const rows = coming.filter(({ menu }) => menu === one).sort((a, b) => a.place - b.place);
    const after = rows.flatMap((row) => {
      const there = standing.get(row);
      return there === undefined ? [] : [{ place: row.place, id: idOf(there) }];
    });
    let next: Anchor = { by: 'end' };
    for (const row of rows.filter((each) => !standing.has(each)).reverse()) {
      // Rows that were recorded in different passes may have one place: none of them is after the other.
      for (let last = after.at(-1); last !== undefined && last.place > row.place; last = after.at(-1)) {
        next = { by: 'id', id: last.id };
        after.pop();
      }
      anchors.set(row, next);
    }
  }
  return anchors;
}

function keyOf({ menu, place }: TakenRow): RowKey {
  return { kind: 'rule', key: `wisphub-${menu.split('/').at(-1) ?? ''}-${String(place)}` };
}
