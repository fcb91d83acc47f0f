import { isTooShort, parseAddress } from '../../schemas/address.ts';
import type { PortalLead } from '../../schemas/portal-round.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { LiveSubscriber } from './desired/live.ts';
import type { PageDomains } from './desired/notice-url.ts';
import type { ListAddress } from './desired/rows.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf, SUBSCRIBER_ROW_KINDS, type RowKind } from './ownership.ts';
import { isSameLead, leadOf } from './portal-lead.ts';
import type { Menu } from './row.ts';
import { addressIndex } from './sessions/address-index.ts';

const OF_SUBSCRIBERS: ReadonlySet<RowKind> = new Set(SUBSCRIBER_ROW_KINDS);

export const LIST_MENUS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];

/**
 * The domain that notices shall lead to, in lower case, while portal addresses are known, but none of it: it was changed
 * and is not resolved yet. A notice that led there now would lead to where a cut subscriber cannot go (I4). Else null.
 */
export function awaitedDomain(portal: Portal | null, portalAddresses: readonly ListAddress[]): string | null {
  const known = portalAddresses.filter(({ use }) => use === 'portal');
  const domain = portal?.domain.toLowerCase() ?? null;
  const isAwaited = known.length > 0 && !known.some(({ host }) => host === domain || host === 'config');
  return isAwaited ? domain : null;
}

/** Where notices can lead now, and whether the portal that is wanted still waits to be led to. */
interface PortalWay extends PageDomains {
  readonly isAwaiting: boolean;
}

/**
 * Where notices can lead by what DNS said so far: to the portal that was found good last, as long as addresses of it are
 * known; without any such finding nowhere until addresses of the new domain are.
 */
export function portalWay(
  portal: Portal | null,
  portalAddresses: readonly ListAddress[],
  lead: PortalLead | null,
): PortalWay {
  if (portal === null) return { domain: null, awaited: null, isAwaiting: false };
  const wanted = leadOf(portal);
  const isLedTo = lead === null || isSameLead(lead, wanted);
  const unknown = awaitedDomain(portal, portalAddresses);
  if (unknown === null && (lead === null || lead.domain === wanted.domain))
    return { domain: portal.domain, awaited: null, isAwaiting: !isLedTo };
  // An address that was given outright is the portal's, whatever its domain is called and whoever knows that.
  const isStanding = portalAddresses.some(
    ({ use, host }) => use === 'portal' && (host === lead?.domain || host === 'config'),
  );
  return { domain: isStanding ? (lead?.domain ?? null) : null, awaited: wanted.domain, isAwaiting: true };
}

/** A question about an address, canonical, and a subscriber with a row of ours at it. */
export type AskAddress = (address: string, subscriber: string) => boolean;

/** How a subscriber stands at this moment, whatever the router shows. */
interface Standing {
  readonly live: readonly LiveSubscriber[];
  /** Put on the router: cut who is to be cut now, the held ones left out. */
  readonly cut: ReadonlySet<string>;
  /** A cut of theirs is in force, and held. */
  readonly held: ReadonlySet<string>;
}

/**
 * Whether a row at an address hits somebody else who is there and is not to be cut now: his cut is not in force, or is
 * held. While the row's own subscriber is there too, only one whom no instruction cuts counts: he is surely open, and a
 * doubt about the other is no reason to cut him (I1, I2). Prefixes count as far as they overlap; one that is too short
 * to be anybody's says nothing.
 */
export function openForAnother({ live, cut, held }: Standing): AskAddress {
  const places = live.flatMap(({ id, addresses }) => addresses.map((address) => ({ id, address })));
  const usable = places.filter(({ address }) => !isTooShort(address));
  const index = addressIndex(usable, ({ address }) => address);
  return (text, subscriber) => {
    const address = parseAddress(text);
    if (address === null) return false;
    const found = index.touching(address);
    const isShared = found.some(({ id }) => id === subscriber);
    return found.some(({ id }) => id !== subscriber && !cut.has(id) && !(isShared && held.has(id)));
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
    for (const row of rowsOf(observed, menu)) {
      const owner = ownerOf(row);
      if (owner !== null && OF_SUBSCRIBERS.has(owner.kind)) found.add(owner.key);
    }
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
