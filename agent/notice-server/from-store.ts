import { parseAddress } from '../../schemas/address.ts';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';
import type { AgentStore, DesiredView, JournalEntry } from '../../store/ports.ts';
import { admissionKey } from '../core/decision.ts';
import { liveState, type RouterScene, type Wish } from '../core/desired/live.ts';
import { noticePages, pageDomains, type LedPlace } from '../core/notice-pages.ts';
import { hasIdentity } from '../core/sessions/identity.ts';
import { usageOf } from '../core/sessions/usage.ts';
import type { RouterSettings } from '../core/settings.ts';
import { wishOf } from '../wishes.ts';
import type { NoticeBook, RouterPages } from './book.ts';

/** A router that was not read yet: nobody is known to be online. */
const UNSEEN: RouterScene = {
  own: [],
  gateways: [],
  prefixes: null,
  usage: usageOf({ tables: new Map() }),
  isStanding: () => true,
};

type PageSettings = Pick<RouterSettings, 'router' | 'url' | 'backend'>;
type PageStore = Pick<AgentStore, 'desiredFor' | 'admissionsSince' | 'lastSeen'>;

/**
 * Makes the book whole for these routers: those it has are left to their passes, the others are filled from the store, and
 * whoever is configured no more is forgotten. Done before the page server opens and before a worker begins.
 */
export async function fillBook(
  book: NoticeBook,
  routers: readonly PageSettings[],
  configured: Portal,
  store: PageStore,
  now: number,
): Promise<void> {
  const ids = new Set(routers.map(({ router }) => router));
  for (const id of book.routers) if (!ids.has(id)) book.forget(id);
  for (const settings of routers) {
    if (book.routers.includes(settings.router)) continue;
    book.publish(settings.router, await storedPages(settings, configured, store, now));
  }
}

/** Told of every journal entry: who is restored is out of the book at once. */
export function noteRestore(book: NoticeBook, { type, data, subject, seq }: JournalEntry): void {
  if (type !== 'operation.received' || data['kind'] !== 'restore') return;
  book.restore(subject.slice(subject.indexOf('/') + 1), seq);
}

/**
 * The pages of a router's subscribers by what is stored alone, for the time until the router was read: after a restart
 * the routers go on leading subscribers here at once. Everybody is where the last pass saw him, for there his rows stand;
 * where he is declared somebody else may be, who would be shown his page. Never seen, he has none who has a name or a MAC,
 * and nobody has one at an address where another was seen.
 */
export async function storedPages(
  { router, url, backend }: PageSettings,
  configured: Portal,
  store: PageStore,
  now: number,
): Promise<RouterPages> {
  const view = await store.desiredFor(router);
  const admissions = await store.admissionsSince(0);
  const admitted = new Set(
    admissions
      .filter((one) => one.router === router)
      .map(({ operation, subscriber }) => admissionKey(operation, subscriber)),
  );
  const { addresses: seen, rows, settledAt } = await store.lastSeen(router);
  const taken = new Set([...seen.values()].flat());
  const wishes = view.subscribers.map((record): Wish => {
    const wish = wishOf(record);
    const declared = hasIdentity(wish.subscriber) ? [] : wish.subscriber.addresses;
    const addresses = seen.get(wish.id) ?? declared.filter((address) => !taken.has(address));
    return { ...wish, subscriber: { ...wish.subscriber, addresses: [...addresses] } };
  });
  const live = liveState(wishes, now, (operation, id) => admitted.has(admissionKey(operation, id)), UNSEEN);
  const portal = view.portal ?? configured;
  // What the configuration says now may not be on the router yet: surely it leads to its proxy alone if it was seen to.
  const isOnProxy = settledAt !== null && rows.some(({ menu }) => menu === '/ip/proxy/access');
  return {
    seq: view.seq,
    isLeading: backend.kind === 'notice-server' || !isOnProxy,
    template: url,
    ...pageDomains(portal, view.portalAddresses, view.portalLead, seenThrough(portal, view, settledAt)),
    pages: noticePages(live.subscribers),
    led: rows.flatMap(({ subscriber, menu, address: text }): readonly LedPlace[] => {
      const address = menu === '/ip/firewall/address-list' ? parseAddress(text) : null;
      return address === null ? [] : [{ subscriber, address }];
    }),
  };
}

/**
 * Which portal addresses a router that was not read yet surely lets through. A change of the portal, by the platform or in
 * the configuration, may not have come to it: then it lets through to the domain before alone. It did where the last pass
 * left nothing to write and the address was known by then; and a domain known before all others is no new one.
 */
function seenThrough(
  { domain }: Portal,
  { operations, portalAddresses }: Pick<DesiredView, 'operations' | 'portalAddresses'>,
  settledAt: number | null,
): (entry: PortalAddress) => boolean {
  const isNow = ({ host }: PortalAddress): boolean => host === domain.toLowerCase();
  const others = portalAddresses.filter((entry) => entry.use === 'portal' && !isNow(entry));
  const isTurning = operations.some(({ kind }) => kind === 'portal');
  const oldest = Math.min(...others.map(({ firstSeen }) => firstSeen));
  const before = Math.max(settledAt ?? Number.NEGATIVE_INFINITY, oldest);
  return (entry) => !isNow(entry) || (!isTurning && entry.firstSeen < before);
}
