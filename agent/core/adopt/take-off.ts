import { parseAddress } from '../../../schemas/address.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf, type RowKey } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import { placeOf } from '../plan/diff-set.ts';
import type { Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { sameValue } from '../canonical.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { givenBack } from './give-back.ts';
import type { TakenRow } from './state.ts';

const LISTS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];
const RULES: readonly Menu[] = ['/ip/firewall/nat', '/ip/firewall/filter', '/ipv6/firewall/filter'];

/** What WispHub had of the place of a list row. */
export type GivenBack = (menu: Menu, row: Row) => TakenRow | undefined;

/**
 * Takes everything of ours off, one after the other, so that what was before takes over each time: what leads to the
 * page, what cuts, the pages, the guard of the proxy, the rules that nothing leads to any more, the lists last. A list
 * row that we took in place becomes what it was.
 */
export function ownRowsOff(observed: ObservedRouter, taken: readonly TakenRow[], givenOf: GivenBack): readonly Stage[] {
  const remove = (menus: readonly Menu[], isMeant: (key: RowKey, row: Row, menu: Menu) => boolean): readonly Step[] =>
    menus.flatMap((menu) =>
      rowsOf(observed, menu).flatMap((row): readonly Step[] => {
        const key = ownerOf(row);
        if (key === null || !isMeant(key, row, menu)) return [];
        return [{ kind: 'remove', menu, key, lane: 'bulk', subscriber: null, id: idOf(row) }];
      }),
    );
  const isJump = ({ kind }: RowKey): boolean => kind === 'jump';
  const isGuard = (row: Row): boolean => row.get('chain') === 'input';
  const access: readonly Menu[] = ['/ip/proxy/access'];
  const given = LISTS.flatMap((menu) =>
    rowsOf(observed, menu).flatMap((row): readonly Step[] => {
      const was = ownerOf(row) === null ? undefined : givenOf(menu, row);
      return was === undefined ? [] : [givenBack(row, was)];
    }),
  );
  const isGiven = new Set(given.flatMap((step) => ('id' in step ? [`${step.menu} ${step.id}`] : [])));
  const steps: readonly Step[] = [
    ...remove(['/ip/firewall/nat'], isJump),
    ...remove(['/ip/firewall/filter', '/ipv6/firewall/filter'], (key, row) => isJump(key) && !isGuard(row)),
    ...remove(access, ({ kind }) => kind !== 'rule'),
    ...remove(access, ({ kind }) => kind === 'rule'),
    ...proxySettings(observed, taken),
    ...remove(['/ip/firewall/filter', '/ipv6/firewall/filter'], (key, row) => isJump(key) && isGuard(row)),
    ...remove(RULES, (key) => !isJump(key)),
    ...given,
    ...remove(LISTS, (key, row, menu) => !isShared(key) && !isGiven.has(`${menu} ${idOf(row)}`)),
    ...portalOff(observed),
    ...remove(['/ip/dns/static'], () => true),
  ];
  return steps.length === 0 ? [] : [{ name: 'adopt', mode: 'serial', sequences: steps.map((step) => [step]) }];
}

/**
 * Portal, walled garden, always-reachable. Where a list has names too, the router may have left out what they resolve to
 * for the sake of our row, and asks for them only when their time is over: such a row stays, without our mark (I4).
 */
function portalOff(observed: ObservedRouter): readonly Step[] {
  return LISTS.flatMap((menu) => {
    const rows = rowsOf(observed, menu);
    const foreign = rows.filter((row) => ownerOf(row) === null && !isTrue(row.get('disabled')));
    const named = new Set(foreign.filter((row) => isName(row.get('address') ?? '')).map((row) => row.get('list')));
    const places = new Set(foreign.map(placeOfRow));
    return rows.flatMap((row): readonly Step[] => {
      const key = ownerOf(row);
      if (key === null || !isShared(key)) return [];
      const base = { menu, key, lane: 'bulk', subscriber: null, id: idOf(row) } as const;
      const isNeeded = named.has(row.get('list')) && !places.has(placeOfRow(row));
      return [isNeeded ? { ...base, kind: 'set', values: { comment: '' } } : { ...base, kind: 'remove' }];
    });
  });
}

function isShared({ kind }: RowKey): boolean {
  return kind === 'portal' || kind === 'garden' || kind === 'always';
}

function isName(address: string): boolean {
  return parseAddress(address.replace(/-.*$/, '')) === null;
}

function placeOfRow(row: Row): string {
  return placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' });
}

/** What of `/ip/proxy` we changed when the router was taken over. */
function proxySettings(observed: ObservedRouter, taken: readonly TakenRow[]): readonly Step[] {
  const row = rowsOf(observed, '/ip/proxy')[0];
  const was = taken.find(({ menu }) => menu === '/ip/proxy');
  if (row === undefined || was === undefined) return [];
  const changed = Object.entries(was.values).filter(([name, value]) => !sameValue(name, row.get(name) ?? '', value));
  if (changed.length === 0) return [];
  const values = Object.fromEntries(changed.map(([name, value]) => [name, value === 'true' ? 'yes' : value]));
  const key = { kind: 'rule', key: 'proxy' } as const;
  return [{ kind: 'settings', menu: '/ip/proxy', key, lane: 'bulk', subscriber: null, values }];
}
