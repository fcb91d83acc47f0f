import type { CentralState } from '../schemas/central.ts';
import type { NotReadyReason } from '../schemas/problem.ts';
import type { RouterStatus } from '../schemas/router.ts';
import type { ProvisionerFacts, Site } from '../schemas/site.ts';
import type { ProvisionerStatus } from '../store/phone-ports.ts';
import type { RefusedReload } from '../store/ports.ts';
import type { Api } from './api.ts';
import { centralStanding } from './central-contact.ts';
import { degradedReasons, phoneReasons, siteReasons } from './core/degraded.ts';
import { formatInstant } from './core/instant.ts';
import { ofNoRouter, type OfNoRouter } from './core/no-router.ts';
import { json, type Answer } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';

/** GET /v1/site; `caller` is the name of the token that asks. */
export async function readSite(api: Api, caller: string): Promise<Answer> {
  // Read first, so that an event between the two reads is told again rather than lost.
  const lastSeq = await api.store.head();
  const [whole, counts, generation, provisioner, ofPhones, round, doctor] = await Promise.all([
    wholeOf(api),
    api.store.counts(),
    api.store.generation(),
    provisionerOf(api),
    api.store.phoneCounts(),
    api.store.readPortalRound(),
    api.store.siteDoctor(),
  ]);
  const { routers, central } = whole;
  const token = api.settings().tokens.find(({ name }) => name === caller);
  const site: Site = {
    site: api.site,
    version: api.version,
    startedAt: formatInstant(api.startedAt),
    now: formatInstant(api.clock.now()),
    lastSeq,
    central: {
      kind: api.settings().central.kind,
      state: central.state,
      lastContactAt: central.contactAt === null ? null : formatInstant(central.contactAt),
    },
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
    provisioner: provisioner === null ? null : toldBy(provisioner),
    operations: counts.operations,
    portal:
      round === null
        ? null
        : { leadsTo: round.lead.domain, awaited: round.awaited?.domain ?? null, findings: round.findings },
    doctor,
    degraded: reasonsOf(api, whole, provisioner),
    ...(token === undefined ? {} : { caller: { name: token.name, scopes: [...token.scopes] } }),
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
  const reasons = reasonsOf(api, await wholeOf(api), await provisionerOf(api));
  if (reasons.length === 0) return json(200, { status: 'ready' });
  const detail = reasons.map((reason) => `${reason.subject}: ${reason.code}`).slice(0, 20);
  throw new ProblemError('not-ready', { detail: detail.join(', '), reasons });
}

/** GET /metrics */
export async function readMetrics(api: Api): Promise<Answer> {
  const [counts, phones, provisioner, { routers, central }, drift, portal] = await Promise.all([
    api.store.counts(),
    api.store.phoneCounts(),
    provisionerOf(api),
    wholeOf(api),
    api.store.driftCounts(),
    api.store.readPortalRound(),
  ]);
  const body = await api.metrics.render({
    ...{ counts, phones, guesses: provisioner?.guesses, routers, portal, central, drift },
    now: api.clock.now(),
  });
  return { kind: 'text', status: 200, type: api.metrics.contentType, body };
}

/** What the provisioner said, where there is one. */
async function provisionerOf(api: Api): Promise<ProvisionerStatus | null> {
  return api.settings().phones === null ? null : api.store.provisionerStatus();
}

function toldBy({ at, notServed: { count, first }, ...rest }: ProvisionerStatus): ProvisionerFacts {
  return { ...rest, at: formatInstant(at), notServed: { count, first: [...first] } };
}

/** Routers, and what is around them. */
interface Whole {
  readonly routers: readonly RouterStatus[];
  readonly central: { readonly state: CentralState; readonly contactAt: number | null };
  readonly refused: readonly RefusedReload[];
  readonly lost: OfNoRouter | null;
}

async function wholeOf(api: Api): Promise<Whole> {
  const [routers, record, refused, ids, subscribers] = await Promise.all([
    api.routers(),
    api.store.centralRecord(),
    api.store.refusedReloads(),
    api.routerIds(),
    api.store.subscribersByRouter(),
  ]);
  const { central } = api.settings();
  const state = centralStanding(central, record, api.clock.now());
  return {
    routers,
    central: { state, contactAt: state === 'none' ? null : (record?.contactAt ?? null) },
    refused,
    lost: ofNoRouter(subscribers, ids),
  };
}

function reasonsOf(
  api: Api,
  { routers, central, refused, lost }: Whole,
  provisioner: ProvisionerStatus | null,
): NotReadyReason[] {
  const ofPhones = api.settings().phones === null ? [] : phoneReasons(provisioner, api.clock.now());
  return [...siteReasons(central, refused, lost), ...degradedReasons(routers), ...ofPhones];
}
