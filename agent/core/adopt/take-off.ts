import { parseAddress } from '../../../schemas/address.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import type { ListAddress } from '../desired/rows.ts';
import { ownerOf, type RowKey } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import { placeOf } from '../plan/diff-set.ts';
import { diffPhoneOptions } from '../plan/diff-phone-options.ts';
import type { Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { canonicalAddress, sameValue } from '../canonical.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { givenBack } from './give-back.ts';
import type { TakenRow } from './state.ts';

const LISTS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];
const RULES: readonly Menu[] = ['/ip/firewall/nat', '/ip/firewall/filter', '/ipv6/firewall/filter'];

/**
 * The comment of a portal row that a hand-back leaves: none of ours any more, and nobody else's either. ASCII, for RouterOS
 * keeps comments in the router's own code page.
 */
const LEFT_COMMENT = 'left by wisp-edge: address of the portal';

/** What WispHub had of the place of a list row. */
export type GivenBack = (menu: Menu, row: Row) => TakenRow | undefined;

/**
 * Takes everything of ours off, one after the other, so that what was before takes over each time: what leads to the
 * page, what cuts, the pages, the guard of the proxy, the rules that nothing leads to any more, the lists last. A list
 * row that we took in place becomes what it was.
 */
export function ownRowsOff(
  observed: ObservedRouter,
  taken: readonly TakenRow[],
  givenOf: GivenBack,
  portalAddresses: readonly ListAddress[],
): readonly Stage[] {
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
    ...portalOff(observed, portalAddresses),
    ...remove(['/ip/dns/static'], () => true),
    ...diffPhoneOptions(observed, null).steps,
  ];
  return steps.length === 0 ? [] : [{ name: 'adopt', mode: 'serial', sequences: steps.map((step) => [step]) }];
}

/** Rows that an earlier step of a hand-back left, and what they are for. */
export function leftRows(observed: Pick<ObservedRouter, 'tables'>): readonly { menu: Menu; row: Row }[] {
  return LISTS.flatMap((menu) =>
    rowsOf(observed, menu)
      .filter(isLeft)
      .map((row) => ({ menu, row })),
  );
}

/** Of nobody any more: it is no row of WispHub's. A dynamic row has a comment of its own. */
export function isLeft(row: Row): boolean {
  return row.get('comment') === LEFT_COMMENT;
}

/**
 * Portal, walled garden, always-reachable. Where a list has names too, the router may have left out what they resolve to
 * for the sake of our row, and asks for them only when their time is over: a row at an address that such a name may lead to
 * stays until the router's own stands there, and says so (I4). What an earlier hand-back left goes likewise.
 */
function portalOff(observed: ObservedRouter, portalAddresses: readonly ListAddress[]): readonly Step[] {
  return LISTS.flatMap((menu) => {
    const rows = rowsOf(observed, menu);
    const shared = rows.flatMap((row) => {
      const key = ownerOf(row) ?? (isLeft(row) ? LEFT_KEY : null);
      return key !== null && isShared(key) ? [{ row, key }] : [];
    });
    const lists = new Set(shared.map(({ row }) => row.get('list')));
    const foreign = rows.filter(
      (row) => lists.has(row.get('list')) && ownerOf(row) === null && !isLeft(row) && !isTrue(row.get('disabled')),
    );
    const places = new Set(foreign.map(placeOfRow));
    const leads = new Map([...lists].map((list) => [list, leadsOf(namesIn(list, foreign), portalAddresses)]));
    return shared.flatMap(({ row, key }): readonly Step[] => {
      const base = { menu, key, lane: 'bulk', subscriber: null, id: idOf(row) } as const;
      const mayLeadTo = leads.get(row.get('list'));
      const isNeeded = key.kind === 'portal' && !places.has(placeOfRow(row)) && mayLeadTo?.(addressOf(row)) === true;
      if (!isNeeded) return [{ ...base, kind: 'remove' }];
      return isLeft(row) ? [] : [{ ...base, kind: 'set', values: { comment: LEFT_COMMENT } }];
    });
  });
}

const LEFT_KEY: RowKey = { kind: 'portal', key: 'left' };

function namesIn(list: string | undefined, foreign: readonly Row[]): ReadonlySet<string> {
  return new Set(foreign.filter((row) => row.get('list') === list && isName(addressOf(row))).map(addressOf));
}

/**
 * Whether a name of a list may lead to an address: DNS gives the address for it now, or gave it when it was last asked. Of
 * a name that nobody asks about here only the portal's present addresses may be its; where no address is known, any.
 */
function leadsOf(names: ReadonlySet<string>, addresses: readonly ListAddress[]): (address: string) => boolean {
  if (names.size === 0) return () => false;
  const portal = addresses.filter(({ use }) => use === 'portal');
  if (portal.length === 0) return () => true;
  const answered = new Set(portal.filter(({ isGone }) => isGone !== true).map(({ host }) => host));
  const asked = new Set(portal.map(({ host }) => host));
  const isAnyUnasked = [...names].some((name) => !asked.has(name));
  const reached = new Set(
    portal
      .filter(({ host, isGone }) =>
        isGone === true ? names.has(host) && !answered.has(host) : names.has(host) || isAnyUnasked,
      )
      .map(({ address }) => canonicalAddress(address)),
  );
  return (address) => reached.has(canonicalAddress(address));
}

function addressOf(row: Row): string {
  return row.get('address') ?? '';
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
