import { parseAddress, type Address } from '../../schemas/address.ts';
import type { ListNames } from '../../schemas/config/agent.ts';
import type { PortalLead } from '../../schemas/portal-round.ts';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import { canonicalAddress } from './canonical.ts';
import type { LiveSubscriber, Wish } from './desired/live.ts';
import type { PageDomains } from './desired/notice-url.ts';
import { ownPage } from './desired/own-page.ts';
import { shownNotice } from './desired/proxy.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { isTrue } from './row.ts';
import { awaitedDomain } from './standing.ts';

/** The page of one IPv4 address or prefix; `url` is the notice's own, null where the template makes it. */
export interface NoticePage {
  readonly subscriber: string;
  readonly address: Address;
  readonly kind: 'cutoff' | NoticeKind;
  readonly url: string | null;
}

/** A row that leads a subscriber to his page; `subscriber` is null for a row that is not ours. */
export interface LedPlace {
  readonly subscriber: string | null;
  readonly address: Address;
}

/**
 * A place whose page our page server withholds: another router leads somebody else there by the same address, and who
 * comes may be either of them (I9).
 */
export interface PageRival {
  readonly subscriber: string;
  /** Where his page is, an address or a prefix. */
  readonly address: string;
  /** The other router, and whom it leads there; null where a row leads there that is nobody's of ours. */
  readonly router: string;
  readonly rival: string | null;
}

/** Where rows lead to our page server as the router was read, but for those places that have a page. */
export function ledPlaces(
  observed: ObservedRouter,
  lists: Pick<ListNames, 'cutoff' | 'notice'>,
  pages: readonly NoticePage[],
): readonly LedPlace[] {
  const known = new Set(pages.map(({ address }) => address.text));
  return rowsOf(observed, '/ip/firewall/address-list').flatMap((row): readonly LedPlace[] => {
    const [list, text = ''] = [row.get('list'), row.get('address')];
    if ((list !== lists.cutoff && list !== lists.notice) || known.has(text) || isTrue(row.get('disabled'))) return [];
    const address = parseAddress(text);
    return address === null ? [] : [{ subscriber: ownerOf(row)?.key ?? null, address }];
  });
}

/** The pages of subscribers as they are put on a router. */
export function noticePages(subscribers: readonly LiveSubscriber[]): readonly NoticePage[] {
  return subscribers.flatMap((one) => {
    const shown = shownNotice(one);
    if (shown === null) return [];
    const addresses = one.addresses.filter(({ family }) => family === 4);
    return addresses.map((address) => ({ subscriber: one.id, address, ...shown }));
  });
}

/** The pages of subscribers whose rows stay as they are: the router goes on leading them to us. */
export function standingPages(
  observed: ObservedRouter,
  frozen: ReadonlySet<string>,
  wishes: readonly Wish[],
  now: number,
): readonly NoticePage[] {
  if (frozen.size === 0) return [];
  const wished = new Map(wishes.map((wish) => [wish.id, wish]));
  return rowsOf(observed, '/ip/firewall/address-list').flatMap((row): readonly NoticePage[] => {
    const key = ownerOf(row);
    const address = parseAddress(row.get('address') ?? '');
    if (key === null || address === null || !frozen.has(key.key)) return [];
    const wish = wished.get(key.key);
    const at = { subscriber: key.key, address };
    const urlOf = (kind: NoticePage['kind'], url: string | undefined, since: number): string | null =>
      ownPage(url, { kind, subscriber: key.key }, since, now, []).url;
    if (key.kind === 'cutoff') {
      const cutoff = wish?.cutoff ?? null;
      return [{ ...at, kind: key.kind, url: urlOf(key.kind, cutoff?.value.url, cutoff?.since ?? now) }];
    }
    const [first] = wish?.notices ?? [];
    if (key.kind !== 'notice' || first === undefined) return [];
    return [{ ...at, kind: first.kind, url: urlOf(first.kind, first.value.url, first.since ?? now) }];
  });
}

/**
 * The domain that pages lead to: that of the portal which DNS was found good for, or, while the router lets nobody through
 * to it yet, the one before, to which it does: its addresses stay in the list for a day. A page that led to the new one now
 * would lead to where a cut subscriber cannot go (I4), for as long as the router is away. On a router that lets through to
 * none of them nothing is spoilt.
 */
export function pageDomains(
  wanted: Portal | null,
  portalAddresses: readonly PortalAddress[],
  lead: PortalLead | null,
  isLetThrough: (entry: PortalAddress) => boolean,
): PageDomains {
  const domain = wanted?.domain.toLowerCase() ?? null;
  const isLedElsewhere = wanted !== null && lead !== null && lead.domain !== domain;
  const portal = isLedElsewhere ? { ...wanted, domain: lead.domain } : wanted;
  const way = openDomains(portal, portalAddresses, isLetThrough);
  return isLedElsewhere ? { ...way, awaited: domain } : way;
}

function openDomains(
  portal: Portal | null,
  portalAddresses: readonly PortalAddress[],
  isLetThrough: (entry: PortalAddress) => boolean,
): PageDomains {
  const known = portalAddresses.filter(({ use }) => use === 'portal');
  const open = known.filter(isLetThrough);
  const reached = open.length > 0 ? open : known;
  const awaited = awaitedDomain(portal, reached);
  if (awaited === null) return { domain: portal?.domain ?? null, awaited };
  const named = reached.filter(({ host }) => host !== 'config');
  return { domain: named.toSorted((a, b) => b.lastSeen - a.lastSeen)[0]?.host ?? null, awaited };
}

/** Whether the router's portal list, as it was read, lets a cut subscriber through to an address. */
export function letsThrough(observed: ObservedRouter, portalList: string): (entry: PortalAddress) => boolean {
  // A page is for IPv4.
  const rows = rowsOf(observed, '/ip/firewall/address-list').filter(
    (row) => row.get('list') === portalList && !isTrue(row.get('disabled')),
  );
  const open = new Set(rows.map((row) => canonicalAddress(row.get('address') ?? '')));
  return ({ address }) => open.has(canonicalAddress(address));
}
