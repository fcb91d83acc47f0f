import type { CentralState } from '../../schemas/central.ts';
import type { NotReadyReason } from '../../schemas/problem.ts';
import type { RouterStatus } from '../../schemas/router.ts';
import { inSpanish } from '../../schemas/told-es.ts';
import { formatInstant } from './instant.ts';
import type { OfNoRouter } from './no-router.ts';

/** Why a daemon goes on with its earlier configuration. */
interface RefusedReload {
  readonly daemon: string;
  readonly code: string;
  readonly detail: string;
}

/** A router of the configuration that the agent has not written about yet. */
export function unseenRouter(id: string, mode: RouterStatus['mode']): RouterStatus {
  return {
    id,
    mode,
    connection: 'unknown',
    converged: false,
    version: null,
    dialect: null,
    lastSeen: null,
    lastPass: null,
    lastError: null,
    counts: { subscribers: 0, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 },
    findings: [],
  };
}

/** What keeps the site from being ready: routers that are away, or reached but not yet as they should be. */
export function degradedReasons(routers: readonly RouterStatus[]): NotReadyReason[] {
  return routers.flatMap((router) => {
    const subject = `router/${router.id}`;
    const { lastError } = router;
    const because = (what: string): Told => ({
      detail: lastError === null ? what : `${what}: ${lastError.message}`,
      es: `${inSpanish(what)}${lastError === null ? '' : `: ${lastError.es?.message ?? inSpanish(lastError.message)}`}`,
    });
    if (router.connection === 'down') return [reason({ subject, code: 'router-down' }, because('not reachable'))];
    if (router.connection === 'unknown') {
      return [reason({ subject, code: 'router-unknown' }, told('the agent has not reported on it yet'))];
    }
    // Only a router in `manage` is meant to converge: the others keep rows that are not ours to mend.
    if (router.converged || router.mode !== 'manage') return [];
    const page = router.findings.find(({ code }) => code === 'notice-server-down');
    const why =
      page === undefined
        ? because('the last pass left something to do')
        : { detail: page.detail, es: page.es?.detail ?? page.detail };
    return [reason({ subject, code: 'router-not-converged' }, why)];
  });
}

/** What keeps the site from being whole: a central platform that is silent, a configuration that was refused. */
export function siteReasons(
  central: { readonly state: CentralState; readonly contactAt: number | null },
  refused: readonly RefusedReload[],
  lost: OfNoRouter | null = null,
): NotReadyReason[] {
  const since = central.contactAt === null ? 'ever' : formatInstant(central.contactAt);
  const heard = `nothing was accepted of the central platform since ${since}`;
  const reasons = refused.map(({ daemon, code, detail }) => {
    const inForce = (why: string): string => `${code}: ${why}; the earlier configuration stays in force`;
    const both = { detail: inForce(detail), es: inSpanish(inForce(inSpanish(detail))) };
    return reason({ subject: `configuration/${daemon}`, code: 'reload-refused' }, both);
  });
  if (lost !== null) {
    const where = `${lost.count} subscribers are on routers that the configuration does not have: ${lost.routers.join(', ')}`;
    reasons.push(reason({ subject: 'subscribers', code: 'subscribers-of-no-router' }, told(where)));
  }
  if (central.state === 'silent') reasons.push(reason({ subject: 'central', code: 'central-silent' }, told(heard)));
  if (central.state === 'stale')
    reasons.push(reason({ subject: 'central', code: 'central-stale' }, told(`${heard}: no new cut starts`)));
  return reasons;
}

/** A provisioner that has not said anything for so long does not run. */
export const PROVISIONER_SILENT_MS = 90_000;

/** What keeps phones from being served, on a box that has a provisioner. */
export function phoneReasons(
  status: { readonly at: number; readonly sip: { readonly isReady: boolean; readonly detail: string | null } } | null,
  now: number,
): NotReadyReason[] {
  const subject = 'provisioner';
  if (status === null) return [reason({ subject, code: 'provisioner-unknown' }, told('it has not reported yet'))];
  if (now - status.at > PROVISIONER_SILENT_MS) {
    const seconds = Math.floor((now - status.at) / 1000);
    return [reason({ subject, code: 'provisioner-down' }, told(`it has not reported for ${seconds} s`))];
  }
  const { isReady, detail } = status.sip;
  return isReady ? [] : [reason({ subject, code: 'sip-not-ready' }, told(detail ?? 'the SIP stack cannot send'))];
}

/** What is said, in both languages. */
interface Told {
  readonly detail: string;
  readonly es: string;
}

function told(detail: string): Told {
  return { detail, es: inSpanish(detail) };
}

function reason(of: Pick<NotReadyReason, 'subject' | 'code'>, { detail, es }: Told): NotReadyReason {
  return { ...of, detail, es: { detail: es } };
}
