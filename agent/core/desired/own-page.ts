import { carriesToken } from '../../../schemas/mask-url.ts';
import type { NoticeKind } from '../../../schemas/subscriber.ts';

/**
 * WispHub: "El Link solo sera valido durante 6 meses desde el momento de creación". We know when we were given it, not when
 * it was made, and six months are 181 days at the shortest: so it ends no later than the link by the calendar.
 */
const LINK_LIVES_MS = 181 * 86_400_000;

/** A page of the subscriber's own, as it can still be shown. */
export interface OwnPage {
  /** Null where the template makes the page. */
  readonly url: string | null;
  /** It had a login token that has died: the template's page is shown in its place. */
  readonly hasExpired: boolean;
}

/**
 * The own page of a cut-off or notice given at `since` (ms). One whose URL carries a login token gives way to the
 * template's page when the link dies: the cut stays, and it is never left with a link that leads nowhere. Adds that moment
 * to `changes` while it is to come.
 */
export function ownPage(
  url: string | undefined,
  { kind, subscriber }: { readonly kind: 'cutoff' | NoticeKind; readonly subscriber: string },
  since: number,
  now: number,
  changes: number[],
): OwnPage {
  if (url === undefined) return { url: null, hasExpired: false };
  if (!carriesToken(url, { kind, subscriber })) return { url, hasExpired: false };
  const end = since + LINK_LIVES_MS;
  if (now >= end) return { url: null, hasExpired: true };
  changes.push(end);
  return { url, hasExpired: false };
}
