import type { NoticeKind } from '../../../schemas/subscriber.ts';

/**
 * The page of one notice: the subscriber's own URL, or the template with `{domain}`, `{kind}` and `{subscriber}` filled
 * in. Null when the template needs a domain and none is known yet.
 */
export function noticeUrl(
  template: string,
  domain: string | null,
  kind: 'cutoff' | NoticeKind,
  subscriber: string,
  own: string | null,
): string | null {
  if (own !== null) return own;
  if (domain === null && template.includes('{domain}')) return null;
  return template
    .replaceAll('{domain}', domain ?? '')
    .replaceAll('{kind}', kind)
    .replaceAll('{subscriber}', subscriber);
}
