import type { NotReadyReason } from '../schemas/problem.ts';
import type { RouterStatus } from '../schemas/router.ts';
import type { Site } from '../schemas/site.ts';
import type { ProvisionerStatus } from '../store/phone-ports.ts';
import type { Api } from './api.ts';
import { degradedReasons, phoneReasons } from './core/degraded.ts';
import { formatInstant } from './core/instant.ts';
import { json, type Answer } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';

/** GET /v1/site */
export async function readSite(api: Api): Promise<Answer> {
  // Read first, so that an event between the two reads is told again rather than lost.
  const lastSeq = await api.store.head();
  const [routers, counts, generation, provisioner, ofPhones, round] = await Promise.all([
    api.routers(),
    api.store.counts(),
    api.store.generation(),
    provisionerOf(api),
    api.store.phoneCounts(),
    api.store.readPortalRound(),
  ]);
  const site: Site = {
    site: api.site,
    version: api.version,
    startedAt: formatInstant(api.startedAt),
    now: formatInstant(api.clock.now()),
    lastSeq,
    central: { kind: api.settings().centralKind },
    generation: generation === null ? null : { ...generation, takenAt: formatInstant(generation.takenAt) },
    routers: {
      total: routers.length,
      up: routers.filter((router) => router.connection === 'up').length,
      converged: routers.filter((router) => router.converged).length,
    },
    subscribers: counts.subscribers,
    cutoffs: counts.cutoffs,
    notices: counts.notices,
    paidButCut: routers.reduce((sum, router) => sum + router.counts.paidButCut, 0),
    ...ofPhones,
    provisioner: provisioner === null ? null : { ...provisioner, at: formatInstant(provisioner.at) },
    operations: counts.operations,
    portal:
      round === null
        ? null
        : { leadsTo: round.lead.domain, awaited: round.awaited?.domain ?? null, findings: round.findings },
    degraded: reasonsOf(api, routers, provisioner),
  };
  return json(200, site);
}

/** GET /healthz: the API answers if this runs, the store if this returns. */
export async function readHealth(api: Api): Promise<Answer> {
  await api.store.head();
  return json(200, { status: 'ok' });
}

/** GET /readyz */
export async function readReadiness(api: Api): Promise<Answer> {
  const reasons = reasonsOf(api, await api.routers(), await provisionerOf(api));
  if (reasons.length === 0) return json(200, { status: 'ready' });
  const detail = reasons.map((reason) => `${reason.subject}: ${reason.code}`).slice(0, 20);
  throw new ProblemError('not-ready', { detail: detail.join(', '), reasons });
}

/** GET /metrics */
export async function readMetrics(api: Api): Promise<Answer> {
  const [counts, phones, routers, portal] = await Promise.all([
    api.store.counts(),
    api.store.phoneCounts(),
    api.routers(),
    api.store.readPortalRound(),
  ]);
  const body = await api.metrics.render({ counts, phones, routers, portal, now: api.clock.now() });
  return { kind: 'text', status: 200, type: api.metrics.contentType, body };
}

/** What the provisioner said, where there is one. */
async function provisionerOf(api: Api): Promise<ProvisionerStatus | null> {
  return api.settings().phones === null ? null : api.store.provisionerStatus();
}

function reasonsOf(
  api: Api,
  routers: readonly RouterStatus[],
  provisioner: ProvisionerStatus | null,
): NotReadyReason[] {
  const ofPhones = api.settings().phones === null ? [] : phoneReasons(provisioner, api.clock.now());
  return [...degradedReasons(routers), ...ofPhones];
}
