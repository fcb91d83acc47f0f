import { ledPlaces, letsThrough, noticePages, pageDomains, standingPages } from './core/notice-pages.ts';
import { isStillToListener } from './core/plan/back-end.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Look } from './record.ts';

/** Before anything is written: nobody is led to our page server who has no page there. */
export function publishPages(
  { view, wishes, observed, decision, ground: { settings }, at }: Look,
  { portal, notices }: PassDeps,
): void {
  if (notices === undefined) return;
  const pages = [
    ...standingPages(observed, decision.frozen, [...wishes.values()], at),
    ...noticePages(decision.subscribers.filter(({ id }) => !decision.frozen.has(id))),
  ];
  notices.publish(settings.router, {
    seq: view.seq,
    isLeading: decision.backend === 'notice-server' || isStillToListener(observed),
    template: settings.url,
    ...pageDomains(
      view.portal ?? portal,
      view.portalAddresses,
      view.portalLead,
      letsThrough(observed, settings.lists.portal),
    ),
    pages,
    led: ledPlaces(observed, settings.lists, pages),
    leadsTo: decision.leadsTo,
  });
}
