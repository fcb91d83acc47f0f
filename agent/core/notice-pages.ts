import { parseAddress, type Address } from '../../schemas/address.ts';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import type { LiveSubscriber, Wish } from './desired/live.ts';
import type { PageDomains } from './desired/notice-url.ts';
import { shownNotice } from './desired/proxy.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { awaitedDomain } from './standing.ts';

/** The page of one IPv4 address or prefix; `url` is the notice's own, null where the template makes it. */
export interface NoticePage {
  readonly subscriber: string;
  readonly address: Address;
  readonly kind: 'cutoff' | NoticeKind;
  readonly url: string | null;
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
): readonly NoticePage[] {
  if (frozen.size === 0) return [];
  const wished = new Map(wishes.map((wish) => [wish.id, wish]));
  return rowsOf(observed, '/ip/firewall/address-list').flatMap((row): readonly NoticePage[] => {
    const key = ownerOf(row);
    const address = parseAddress(row.get('address') ?? '');
    if (key === null || address === null || !frozen.has(key.key)) return [];
    const wish = wished.get(key.key);
    if (key.kind === 'cutoff')
      return [{ subscriber: key.key, address, kind: key.kind, url: wish?.cutoff?.value.url ?? null }];
    const [first] = wish?.notices ?? [];
    if (key.kind !== 'notice' || first === undefined) return [];
    return [{ subscriber: key.key, address, kind: first.kind, url: first.value.url ?? null }];
  });
}

/**
 * The domain that pages lead to: the portal's, or, while its addresses are not known yet, the one whose addresses are
 * (the one before). A page that led to the new one now would lead to where a cut subscriber cannot go (I4).
 */
export function pageDomains(portal: Portal | null, portalAddresses: readonly PortalAddress[]): PageDomains {
  const awaited = awaitedDomain(portal, portalAddresses);
  if (awaited === null) return { domain: portal?.domain ?? null, awaited };
  const known = portalAddresses.filter(({ use, host }) => use === 'portal' && host !== 'config');
  return { domain: known.toSorted((a, b) => b.lastSeen - a.lastSeen)[0]?.host ?? null, awaited };
}
