import { parseAddress } from '../../schemas/address.ts';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';
import { canonicalAddress } from './canonical.ts';
import type { LiveSubscriber, Wish } from './desired/live.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { isTrue, type Menu, type Row } from './row.ts';

export const LIST_MENUS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];

/** True when the portal list holds, or is about to hold, an address that the router really takes. */
export function isPortalKnown(
  portalAddresses: readonly PortalAddress[],
  portalList: string,
  lists: readonly Row[],
): boolean {
  const rows = lists.filter((row) => row.get('list') === portalList && ownerOf(row) === null);
  const isOff = (row: Row): boolean => isTrue(row.get('disabled'));
  const barred = new Set(rows.filter(isOff).map((row) => canonicalAddress(row.get('address') ?? '')));
  return (
    portalAddresses.some(
      ({ use, address }) =>
        use === 'portal' && parseAddress(address) !== null && !barred.has(canonicalAddress(address)),
    ) ||
    // A name without an address yet lets nobody through.
    rows.some((row) => !isOff(row) && parseAddress((row.get('address') ?? '').replace(/-.*$/, '')) !== null)
  );
}

/**
 * True while portal addresses are known, but none of the domain that notices shall lead to: it was changed and is not
 * resolved yet. A notice that led there now would lead to where a cut subscriber cannot go (I4).
 */
export function isPortalAwaited(portal: Portal | null, portalAddresses: readonly PortalAddress[]): boolean {
  const known = portalAddresses.filter(({ use }) => use === 'portal');
  const domain = portal?.domain.toLowerCase();
  return known.length > 0 && !known.some(({ host }) => host === domain || host === 'config');
}

/** A question about an address, canonical, and a subscriber with a row of ours at it. */
export type AskAddress = (address: string, subscriber: string) => boolean;

/** Whoever has an address now and is not wanted cut; the subscriber asked for must not have it any more. */
export function openForAnother(wishes: readonly Wish[], live: readonly LiveSubscriber[]): AskAddress {
  const open = new Set(wishes.filter(({ cutoff }) => cutoff === null).map(({ id }) => id));
  const holders = new Map<string, string[]>();
  for (const { id, addresses } of live) {
    for (const { text } of addresses) {
      const found = holders.get(text);
      if (found === undefined) holders.set(text, [id]);
      else found.push(id);
    }
  }
  return (address, subscriber) => {
    const found = holders.get(address) ?? [];
    return found.every((id) => id !== subscriber) && found.some((id) => open.has(id));
  };
}

/**
 * A subscriber who is surely not at this address any more: the router shows somebody else there, or him elsewhere or
 * nowhere. Of one who is known by his addresses alone only the former can be said.
 */
export function hasLeft(live: readonly LiveSubscriber[]): AskAddress {
  const byId = new Map(live.map((one) => [one.id, one]));
  return (address, subscriber) => {
    const one = byId.get(subscriber);
    if (one === undefined || one.addresses.some(({ text }) => text === address)) return false;
    return one.hasIdentity || one.foreign.some(({ text }) => text === address);
  };
}

/** Subscribers with any row of ours on the router. */
export function ownSubscribers(observed: ObservedRouter): ReadonlySet<string> {
  const found = new Set<string>();
  for (const menu of [...LIST_MENUS, '/ip/proxy/access'] as const)
    for (const row of rowsOf(observed, menu)) found.add(ownerOf(row)?.key ?? '');
  return found;
}

/** Subscribers with a cut-off row of ours in these menus. */
export function ownCutRows(observed: ObservedRouter, menus: readonly Menu[]): ReadonlySet<string> {
  const cut = new Set<string>();
  for (const menu of menus) {
    for (const row of rowsOf(observed, menu)) {
      const key = ownerOf(row);
      if (key?.kind === 'cutoff') cut.add(key.key);
    }
  }
  return cut;
}
