import type { Finding } from '../../schemas/router.ts';
import { finding } from './findings/table.ts';
import { isTrue, type Menu } from './row.ts';
import { placeOf, type ListenerState, type RouterSettings } from './settings.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { isWithoutEffect, type Plan } from './plan/plan.ts';

/** Whether what a cut or a notice depends on stands, seen in the same pass as its rows (I6). */
export interface Soundness {
  readonly isSound: boolean;
  readonly findings: readonly Finding[];
}

const WRITTEN = ['/ip/firewall/address-list', '/ip/firewall/nat', '/ip/firewall/filter'] as const;
const PROXY: readonly Menu[] = ['/ip/proxy', '/ip/proxy/access'];

/** Where the notice page comes from, and how our own page server is there. */
interface Source {
  readonly settings: Pick<RouterSettings, 'backend'>;
  readonly listener: ListenerState;
}

/**
 * Judges jumps, chains, order, and what gives the notice page: proxy and device-mode, or our own listener. Steps still to
 * be written make it unsound, silently.
 */
export function soundness(
  observed: ObservedRouter,
  plan: Plan,
  { settings: { backend }, listener }: Source,
): Soundness {
  const findings: Finding[] = [];
  const isProxied = backend.kind === 'web-proxy';
  for (const menu of isProxied ? [...PROXY, ...WRITTEN] : WRITTEN)
    if (observed.missing.has(menu)) findings.push(finding('menu-missing', { menu }));
  if (isProxied && observed.deviceMode !== null && !observed.deviceMode.proxy)
    findings.push(finding('device-mode-proxy', null));
  if (isProxied && observed.deviceMode?.flagged === true) findings.push(finding('device-mode-flagged', null));
  if (!isProxied && listener.kind === 'down')
    findings.push(finding('notice-server-down', { place: placeOf(backend), detail: listener.detail, kept: null }));
  for (const [menu, rows] of observed.tables) {
    // Rows that the web proxy's back-end left give no page any more.
    if (!isProxied && PROXY.includes(menu)) continue;
    const idle = rows.filter(isWithoutEffect);
    if (idle.length > 0) findings.push(finding('row-inactive', { count: idle.length, menu }));
  }
  for (const { menu, row } of plan.strangers)
    findings.push(finding('stranger-in-chain', { menu, id: row.get('.id') ?? '', chain: row.get('chain') ?? '' }));
  for (const { desired, row } of plan.blocked.filter((one) => one.desired.subscriber === null)) {
    findings.push(
      finding('row-blocked', {
        menu: desired.menu,
        id: row.get('.id') ?? '',
        list: row.get('list') ?? '',
        address: desired.values['address'] ?? '',
      }),
    );
  }
  // The portal's rows are part of it: a cut behind a list without them is a prison (I4).
  const isGuardOpen = plan.stages.some(({ name }) => name === 'guard' || name === 'allow' || name === 'switch');
  const isProxyOn = isTrue(rowsOf(observed, '/ip/proxy')[0]?.get('enabled'));
  const hasError = findings.some(({ severity }) => severity === 'error');
  return { isSound: !hasError && !isGuardOpen && (!isProxied || isProxyOn), findings };
}
