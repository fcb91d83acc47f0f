import type { NoticeKind } from '../../../schemas/subscriber.ts';
import type { Dialect, RouterSettings } from '../settings.ts';
import type { LiveSubscriber } from './live.ts';
import { noticeUrl, type PageDomains } from './notice-url.ts';
import type { DesiredRow } from './rows.ts';

/** What is shown to a subscriber: the highest-ranking of his (cut > maintenance > payment-due > custom), or null. */
export function shownNotice({ cut, notices }: Pick<LiveSubscriber, 'cut' | 'notices'>): {
  readonly kind: 'cutoff' | NoticeKind;
  readonly url: string | null;
} | null {
  const [first] = notices;
  if (cut !== null) return { kind: 'cutoff', url: cut.url };
  return first === undefined ? null : { kind: first.kind, url: first.url };
}

/**
 * The web-proxy rows of one subscriber: one live row an IPv4 address, none where a notice server gives the page. Null
 * when the notice has no URL yet (the portal's domain is unknown).
 */
export function subscriberProxyRows(
  subscriber: LiveSubscriber,
  settings: RouterSettings,
  dialect: Dialect,
  domains: PageDomains,
): readonly DesiredRow[] | null {
  const shown = shownNotice(subscriber);
  if (shown === null) return [];
  const { kind } = shown;
  const url = noticeUrl(settings.url, domains, kind, subscriber.id, shown.url);
  if (url === null) return null;
  if (settings.backend.kind === 'notice-server') return [];
  return subscriber.addresses
    .filter((address) => address.family === 4)
    .map((address) => ({
      menu: '/ip/proxy/access',
      key: { kind, key: subscriber.id },
      values: {
        'src-address': address.text,
        'local-port': String(settings.port),
        ...redirectTo(dialect, pageUrl(url, settings)),
      },
      subscriber: subscriber.id,
    }));
}

/** The last row of ours: who has no notice gets nothing through our port. */
export function finalDeny(settings: RouterSettings): DesiredRow {
  return {
    menu: '/ip/proxy/access',
    key: { kind: 'rule', key: 'proxy-deny' },
    values: { 'local-port': String(settings.port), action: 'deny' },
    subscriber: null,
  };
}

/** A router that puts `http://` before where it redirects to would double the scheme of a whole URL. */
export function pageUrl(url: string, { redirect }: Pick<RouterSettings, 'redirect'>): string {
  return redirect === 'without-scheme' ? url.replace(/^https?:\/\//, '') : url;
}

/** The values that make a proxy row redirect, in the router's dialect. */
export function redirectTo(dialect: Dialect, url: string): Record<string, string> {
  switch (dialect) {
    case 'redirect-to':
      return { action: 'deny', 'redirect-to': url };
    case 'action-data':
      return { action: 'redirect', 'action-data': url };
  }
}
