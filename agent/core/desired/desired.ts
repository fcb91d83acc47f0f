import type { SettingsInForce } from '../in-force.ts';
import type { Dialect } from '../settings.ts';
import { dstnatRules, forwardRules, inputDropV6, inputRules, type DesiredRules } from './chains.ts';
import { forwardRows } from './forwards.ts';
import { sharedListRows, subscriberListRows } from './lists.ts';
import type { LiveSubscriber } from './live.ts';
import type { PageDomains } from './notice-url.ts';
import { finalDeny, subscriberProxyRows } from './proxy.ts';
import type { DesiredRow, ListAddress } from './rows.ts';

/** Everything a router should hold of ours. */
export interface DesiredRouter {
  readonly sharedLists: readonly DesiredRow[];
  readonly subscriberLists: readonly DesiredRow[];
  readonly proxyRows: readonly DesiredRow[];
  readonly proxyDeny: DesiredRow;
  readonly input: DesiredRules;
  readonly inputV6: DesiredRow;
  readonly forward: DesiredRules;
  readonly forwardV6: DesiredRules;
  readonly dstnat: DesiredRules;
  /** Rows of its DNS. */
  readonly forwards: readonly DesiredRow[];
  /** Subscribers whose notice has no URL yet. */
  readonly withoutUrl: ReadonlySet<string>;
}

/**
 * Lays out what the router should hold for these subscribers and this portal list, and of these names of the walled garden
 * in its own DNS.
 */
export function desiredRouter(
  live: readonly LiveSubscriber[],
  portalAddresses: readonly ListAddress[],
  domains: PageDomains,
  settings: SettingsInForce,
  dialect: Dialect,
  forwarded: readonly string[],
): DesiredRouter {
  const subscriberLists: DesiredRow[] = [];
  const proxyRows: DesiredRow[] = [];
  const withoutUrl = new Set<string>();
  for (const subscriber of live) {
    if (subscriber.cut === null && subscriber.notices.length === 0) continue;
    const proxy = subscriberProxyRows(subscriber, settings, dialect, domains);
    if (proxy === null) {
      withoutUrl.add(subscriber.id);
      continue;
    }
    proxyRows.push(...proxy);
    subscriberLists.push(...subscriberListRows(subscriber, settings));
  }
  return {
    sharedLists: sharedListRows(portalAddresses, settings),
    subscriberLists,
    proxyRows,
    proxyDeny: finalDeny(settings),
    input: inputRules(settings),
    inputV6: inputDropV6(settings),
    forward: forwardRules(settings, '/ip/firewall/filter'),
    forwardV6: forwardRules(settings, '/ipv6/firewall/filter'),
    dstnat: dstnatRules(settings),
    forwards: forwardRows(forwarded, settings),
    withoutUrl,
  };
}
