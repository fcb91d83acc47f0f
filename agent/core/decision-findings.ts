import type { Finding } from '../../schemas/router.ts';
import { canonicalPorts } from './canonical.ts';
import type { DecisionInput } from './decision.ts';
import { finding } from './findings/table.ts';
import type { ForeignCuts } from './foreign-cuts.ts';
import { rowsOf } from './observed.ts';
import { isTrue } from './row.ts';
import { ownSubscribers } from './standing.ts';

/** What a person should know of what was decided, and of the router besides. */
export function otherFindings(
  input: DecisionInput,
  held: number,
  orphans: number,
  foreign: ForeignCuts,
  expiredLinks: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  const { router } = input.settings;
  if (expiredLinks > 0) findings.push(finding('login-link-expired', { count: expiredLinks }));
  const { central } = input;
  if (central?.state === 'silent' || central?.state === 'stale') {
    findings.push(finding(`central-${central.state}`, { since: central.heardAt }));
  }
  if (held > 0) findings.push(finding('brake', { count: held, router }));
  if (orphans > 0) findings.push(finding('orphans', { count: orphans }));
  const waiting = input.wishes.length === 0 && input.departures.length === 0 ? ownSubscribers(input.observed).size : 0;
  if (waiting > 0) findings.push(finding('rows-of-nobody-yet', { count: waiting, router }));
  if (foreign.size > 0) findings.push(finding('foreign-cuts', { count: foreign.size, router }));
  const ports = canonicalPorts(rowsOf(input.observed, '/ip/proxy')[0]?.get('port') ?? '').split(',');
  const others = ports.filter((port) => port !== '' && port !== String(input.settings.port));
  const isProxied = input.settings.backend.kind === 'web-proxy';
  if (isProxied && others.length > 0 && isTrue(rowsOf(input.observed, '/ip/proxy')[0]?.get('enabled')))
    findings.push(finding('proxy-in-use', { ports: others }));
  for (const menu of input.observed.missing) findings.push(finding('menu-absent', { menu }));
  return findings;
}
