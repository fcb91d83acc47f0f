import type { Finding } from '../../schemas/router.ts';
import { finding } from './findings/table.ts';
import { isTrue } from './row.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { isWithoutEffect, type Plan } from './plan/plan.ts';

/** Whether what a cut or a notice depends on stands, seen in the same pass as its rows (I6). */
export interface Soundness {
  readonly isSound: boolean;
  readonly findings: readonly Finding[];
}

const WRITTEN = [
  '/ip/proxy',
  '/ip/proxy/access',
  '/ip/firewall/address-list',
  '/ip/firewall/nat',
  '/ip/firewall/filter',
] as const;

/** Judges jumps, chains, order, proxy state and device-mode. Steps still to be written make it unsound, silently. */
export function soundness(observed: ObservedRouter, plan: Plan): Soundness {
  const findings: Finding[] = [];
  for (const menu of WRITTEN) if (observed.missing.has(menu)) findings.push(finding('menu-missing', { menu }));
  if (observed.deviceMode !== null && !observed.deviceMode.proxy) findings.push(finding('device-mode-proxy', null));
  if (observed.deviceMode?.flagged === true) findings.push(finding('device-mode-flagged', null));
  for (const [menu, rows] of observed.tables) {
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
  const isGuardOpen = plan.stages.some((stage) => stage.name === 'guard');
  const isProxyOn = isTrue(rowsOf(observed, '/ip/proxy')[0]?.get('enabled'));
  const hasError = findings.some(({ severity }) => severity === 'error');
  return { isSound: !hasError && !isGuardOpen && isProxyOn, findings };
}
