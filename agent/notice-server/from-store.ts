import type { Portal } from '../../schemas/portal.ts';
import type { AgentStore } from '../../store/ports.ts';
import { admissionKey } from '../core/decide.ts';
import { liveState, type RouterScene, type Wish } from '../core/desired/live.ts';
import { noticePages, pageDomains } from '../core/notice-pages.ts';
import { hasIdentity } from '../core/sessions/identity.ts';
import { usageOf } from '../core/sessions/usage.ts';
import type { RouterSettings } from '../core/settings.ts';
import { wishOf } from '../wishes.ts';
import type { RouterPages } from './book.ts';

/** A router that was not read yet: nobody is known to be online. */
const UNSEEN: RouterScene = {
  own: [],
  gateways: [],
  prefixes: null,
  usage: usageOf({ tables: new Map() }),
  isStanding: () => true,
};

/**
 * The pages of a router's subscribers by what is stored alone, for the time until the router was read: after a restart
 * the routers go on leading subscribers here at once. Who has a name or a MAC is where the last pass saw him, for there
 * his rows stand; where he is declared somebody else may be, who would be shown his page. Never seen, he has none.
 */
export async function storedPages(
  { router, url }: Pick<RouterSettings, 'router' | 'url'>,
  configured: Portal,
  store: Pick<AgentStore, 'desiredFor' | 'admissionsSince' | 'observedAddresses'>,
  now: number,
): Promise<RouterPages> {
  const view = await store.desiredFor(router);
  const admissions = await store.admissionsSince(0);
  const admitted = new Set(
    admissions
      .filter((one) => one.router === router)
      .map(({ operation, subscriber }) => admissionKey(operation, subscriber)),
  );
  const seen = await store.observedAddresses(router);
  const wishes = view.subscribers.map((record): Wish => {
    const wish = wishOf(record, new WeakMap());
    if (!hasIdentity(wish.subscriber)) return wish;
    return { ...wish, subscriber: { ...wish.subscriber, addresses: [...(seen.get(wish.id) ?? [])] } };
  });
  const live = liveState(wishes, now, (operation, id) => admitted.has(admissionKey(operation, id)), UNSEEN);
  return {
    seq: view.seq,
    template: url,
    ...pageDomains(view.portal ?? configured, view.portalAddresses),
    pages: noticePages(live.subscribers),
  };
}
