import type { RouterMode } from '../schemas/router.ts';
import {
  ledPlaces,
  letsThrough,
  noticePages,
  pageDomains,
  standingPages,
  type PageRival,
} from './core/notice-pages.ts';
import { withRivals } from './core/page-rivals.ts';
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
    // Where nothing is written of it, the router leads where it was found to.
    isLeading: (settings.mode === 'manage' && decision.backend === 'notice-server') || isStillToListener(observed),
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

/** What a look came to, with whose pages the page server withholds by what was published of all routers. */
export function judgePages(look: Look, deps: Pick<PassDeps, 'settings' | 'notices'>): Look {
  const rivals = rivalsOf(look.ground.settings.mode, deps);
  return { ...look, rivals, verdicts: withRivals(look.verdicts, rivals) };
}

/** Whose pages the page server withholds now; of a router that is only looked at nobody's. */
export function rivalsOf(
  mode: RouterMode,
  { settings, notices }: Pick<PassDeps, 'settings' | 'notices'>,
): readonly PageRival[] {
  return mode === 'manage' ? (notices?.rivals(settings.router) ?? []) : [];
}
