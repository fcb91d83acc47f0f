import type { Site } from '../schemas/site.ts';
import type { Api } from './api.ts';
import { degradedReasons } from './core/degraded.ts';
import { formatInstant } from './core/instant.ts';
import { json, type Answer } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';

/** GET /v1/site */
export async function readSite(api: Api): Promise<Answer> {
  const [routers, counts, generation] = await Promise.all([api.routers(), api.store.counts(), api.store.generation()]);
  const site: Site = {
    site: api.site,
    version: api.version,
    startedAt: formatInstant(api.startedAt),
    now: formatInstant(api.clock.now()),
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
    operations: counts.operations,
    degraded: degradedReasons(routers),
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
  const reasons = degradedReasons(await api.routers());
  if (reasons.length === 0) return json(200, { status: 'ready' });
  const detail = reasons.map((reason) => `${reason.subject}: ${reason.code}`).slice(0, 20);
  throw new ProblemError('not-ready', { detail: detail.join(', '), reasons });
}

/** GET /metrics */
export async function readMetrics(api: Api): Promise<Answer> {
  const [counts, routers] = await Promise.all([api.store.counts(), api.routers()]);
  const body = await api.metrics.render(counts, routers, api.clock.now());
  return { kind: 'text', status: 200, type: api.metrics.contentType, body };
}
