import type { NoticeKind } from '../../../schemas/subscriber.ts';

/** Where notices can lead at this moment. */
export interface PageDomains {
  /** What fills `{domain}`, or null while nothing can. */
  readonly domain: string | null;
  /** The portal's new domain, in lower case, while cut subscribers cannot reach it yet; else null. */
  readonly awaited: string | null;
}

/**
 * The page of one notice: the subscriber's own URL, or the template with `{domain}`, `{kind}` and `{subscriber}` filled
 * in. The template's page also stands in for an own one that cannot be reached yet (I4). Null when the template needs a
 * domain and none is known yet.
 */
export function noticeUrl(
  template: string,
  { domain, awaited }: PageDomains,
  kind: 'cutoff' | NoticeKind,
  subscriber: string,
  own: string | null,
): string | null {
  if (own !== null && (awaited === null || hostOf(own) !== awaited)) return own;
  if (domain === null && template.includes('{domain}')) return null;
  return template
    .replaceAll('{domain}', domain ?? '')
    .replaceAll('{kind}', kind)
    .replaceAll('{subscriber}', subscriber);
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null;
}
