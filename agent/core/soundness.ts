import type { Finding } from '../../schemas/router.ts';
import { isTrue, type Menu } from './row.ts';
import type { Backend, ListenerState } from './settings.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { isWithoutEffect, type Plan } from './plan/plan.ts';

/** Whether what a cut or a notice depends on stands, seen in the same pass as its rows (I6). */
export interface Soundness {
  readonly isSound: boolean;
  readonly findings: readonly Finding[];
}

const WRITTEN = ['/ip/firewall/address-list', '/ip/firewall/nat', '/ip/firewall/filter'] as const;
const PROXY: readonly Menu[] = ['/ip/proxy', '/ip/proxy/access'];

/** Where the notice page comes from, and how our own page server is. */
export interface PageSource {
  readonly backend: Backend;
  readonly listener: ListenerState;
}

/**
 * Judges jumps, chains, order, and what gives the notice page: proxy and device-mode, or our own listener. Steps still to
 * be written make it unsound, silently.
 */
export function soundness(observed: ObservedRouter, plan: Plan, { backend, listener }: PageSource): Soundness {
  const findings: Finding[] = [];
  const error = (code: string, detail: string, remedy: string): void => {
    findings.push({ code, severity: 'error', detail, remedy });
  };
  const isProxied = backend.kind === 'web-proxy';
  for (const menu of isProxied ? [...PROXY, ...WRITTEN] : WRITTEN) {
    if (observed.missing.has(menu))
      error('menu-missing', `the router has no ${menu}`, 'Install or enable the package that brings it.');
  }
  if (isProxied && observed.deviceMode !== null && !observed.deviceMode.proxy) {
    error(
      'device-mode-proxy',
      'device-mode bars the web proxy: notices are configured but have no effect',
      '/system/device-mode/update proxy=yes (then press the button or cut the power within 5 minutes)',
    );
  }
  if (isProxied && observed.deviceMode?.flagged === true) {
    error(
      'device-mode-flagged',
      'the router is flagged: it refuses proxy rows',
      '/system/device-mode/update flagged=no (at the device)',
    );
  }
  if (!isProxied && listener.kind === 'down') {
    error(
      'notice-server-down',
      `subscribers are led to ${backend.address}:${backend.port}, where our page server does not listen: ${listener.detail}`,
      'Free the port, or mend agent.notices.server.listen.',
    );
  }
  for (const [menu, rows] of observed.tables) {
    // Rows that the web proxy's back-end left give no page any more.
    if (!isProxied && PROXY.includes(menu)) continue;
    const idle = rows.filter(isWithoutEffect);
    if (idle.length > 0)
      error(
        'row-inactive',
        `${idle.length} rows of ours in ${menu} are invalid or inactive`,
        `${menu}/print where inactive or invalid`,
      );
  }
  for (const { menu, row } of plan.strangers) {
    error(
      'stranger-in-chain',
      `row ${row.get('.id') ?? ''} in ${menu} stands in our chain ${row.get('chain') ?? ''} and is not ours`,
      `${menu}/remove ${row.get('.id') ?? ''}`,
    );
  }
  for (const { desired, row } of plan.blocked.filter((one) => one.desired.subscriber === null)) {
    findings.push({
      code: 'row-blocked',
      severity: 'warning',
      detail: `row ${row.get('.id') ?? ''} of list ${row.get('list') ?? ''} is not ours and disabled: ${desired.values['address'] ?? ''} stays unreachable for cut subscribers`,
      remedy: `${desired.menu}/enable ${row.get('.id') ?? ''}`,
    });
  }
  const isGuardOpen = plan.stages.some((stage) => stage.name === 'guard' || stage.name === 'switch');
  const isProxyOn = isTrue(rowsOf(observed, '/ip/proxy')[0]?.get('enabled'));
  const hasError = findings.some((finding) => finding.severity === 'error');
  return { isSound: !hasError && !isGuardOpen && (!isProxied || isProxyOn), findings };
}
