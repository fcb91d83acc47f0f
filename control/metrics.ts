import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CentralState } from '../schemas/central.ts';
import type { PortalRound } from '../schemas/portal-round.ts';
import type { RouterStatus } from '../schemas/router.ts';
import type { PhoneCounts, ProvisionerStatus } from '../store/phone-ports.ts';
import type { DriftCount, StoreCounts } from '../store/ports.ts';

/** What the store and the agent know as a scrape is made. */
interface Scraped {
  readonly counts: StoreCounts;
  readonly phones: PhoneCounts;
  readonly guesses?: ProvisionerStatus['guesses'] | undefined;
  readonly routers: readonly RouterStatus[];
  readonly portal: PortalRound | null;
  readonly central: { readonly state: CentralState; readonly contactAt: number | null };
  readonly drift: readonly (DriftCount & { readonly router: string })[];
  readonly now: number;
}

/** What a scrape sees. Its own registry a server; no ids in labels but the router's. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    this.#requests = new Histogram({
      name: 'wisp_edge_http_request_duration_seconds',
      help: 'Time to answer, by route; waiting that was asked for counts',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers: [this.#registry],
    });
  }

  /** Notes one answered request. `route` is the template, never the path. */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** The text of a scrape, with the store's counts as they are now. */
  async render({ counts, phones, guesses, routers, portal, central, drift, now }: Scraped): Promise<string> {
    const scrape = new Registry();
    gauge(scrape, 'wisp_edge_subscribers', 'Subscribers of the desired state', counts.subscribers);
    gauge(scrape, 'wisp_edge_cutoffs', 'Cut-offs of the desired state', counts.cutoffs);
    gauge(scrape, 'wisp_edge_notices', 'Notices of the desired state', counts.notices);
    const operations = labelled(scrape, 'wisp_edge_operations', 'Operations by state', 'state');
    for (const [state, count] of Object.entries(counts.operations)) operations.set({ state }, count);
    const oldest = counts.oldestPendingRestoreAt;
    gauge(
      scrape,
      'wisp_edge_oldest_pending_restore_seconds',
      'Age of the oldest restore that is not verified; 0 for none',
      oldest === null ? 0 : Math.max(0, (now - oldest) / 1000),
    );
    const up = labelled(scrape, 'wisp_edge_router_up', '1 when the agent is connected', 'router');
    const converged = labelled(
      scrape,
      'wisp_edge_router_converged',
      '1 when the last pass left nothing to do',
      'router',
    );
    const paid = labelled(scrape, 'wisp_edge_paid_but_cut', 'Restored subscribers that something keeps cut', 'router');
    for (const router of routers) {
      up.set({ router: router.id }, router.connection === 'up' ? 1 : 0);
      converged.set({ router: router.id }, router.converged ? 1 : 0);
      paid.set({ router: router.id }, router.counts.paidButCut);
    }
    if (portal !== null) tellPortal(scrape, portal);
    tellWork(scrape, routers, now);
    tellDrift(scrape, drift);
    tellCentral(scrape, central, now);
    countPhones(scrape, phones);
    if (guesses !== undefined) countGuesses(scrape, guesses);
    return (await scrape.metrics()) + (await this.#registry.metrics());
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

function tellPortal(scrape: Registry, { awaited, findings }: PortalRound): void {
  const isGood = findings.every(({ severity }) => severity === 'info');
  gauge(scrape, 'wisp_edge_portal_dns_good', '1 when nothing is wrong with the portal’s domain in DNS', isGood ? 1 : 0);
  gauge(scrape, 'wisp_edge_portal_awaited', '1 while notices wait to lead to another portal', awaited === null ? 0 : 1);
}

/** What each router has yet to do, and what waits on it. */
function tellWork(scrape: Registry, routers: readonly RouterStatus[], now: number): void {
  const pending = labelled(scrape, 'wisp_edge_router_pending_operations', 'Operations not at their end', 'router');
  const oldest = labelled(
    scrape,
    'wisp_edge_router_oldest_pending_seconds',
    'Age of the oldest operation not at its end; 0 for none',
    'router',
  );
  const restore = labelled(
    scrape,
    'wisp_edge_router_oldest_pending_restore_seconds',
    'Age of the oldest restore that is not verified; 0 for none',
    'router',
  );
  const converged = labelled(
    scrape,
    'wisp_edge_router_converged_since_timestamp_seconds',
    'Since when it is converged without a break; absent where it is not',
    'router',
  );
  const held = new Gauge({
    name: 'wisp_edge_held_changes',
    help: 'Changes that wait, by reason; brake: for a person',
    labelNames: ['router', 'reason'],
    registers: [scrape],
  });
  for (const { id: router, pending: work, heldBy = {}, convergedSince } of routers) {
    pending.set({ router }, work?.count ?? 0);
    oldest.set({ router }, ageOf(work?.oldestAt ?? null, now));
    restore.set({ router }, ageOf(work?.oldestRestoreAt ?? null, now));
    if (typeof convergedSince === 'string') converged.set({ router }, Date.parse(convergedSince) / 1000);
    for (const [reason, count] of Object.entries({ brake: 0, ...heldBy })) held.set({ router, reason }, count);
  }
}

function tellDrift(scrape: Registry, drift: Scraped['drift']): void {
  const found = counter(scrape, 'wisp_edge_drift_found_total', 'Rows of ours found changed by somebody else');
  const repaired = counter(scrape, 'wisp_edge_drift_repaired_total', 'Such rows seen put right again');
  for (const { router, kind, ...of } of drift) {
    found.inc({ router, kind }, of.found);
    repaired.inc({ router, kind }, of.repaired);
  }
}

/** Nothing where there is no central platform to hear from. */
function tellCentral(scrape: Registry, { state, contactAt }: Scraped['central'], now: number): void {
  if (state === 'none' || contactAt === null) return;
  gauge(
    scrape,
    'wisp_edge_central_last_contact_timestamp_seconds',
    'When something of the central platform was last accepted',
    contactAt / 1000,
  );
  const silent = Math.max(0, (now - contactAt) / 1000);
  gauge(scrape, 'wisp_edge_central_silent_seconds', 'How long ago that was', silent);
  gauge(scrape, 'wisp_edge_central_stale', '1 while no new cut starts because of it', state === 'stale' ? 1 : 0);
}

function ageOf(instant: string | null, now: number): number {
  return instant === null ? 0 : Math.max(0, (now - Date.parse(instant)) / 1000);
}

function counter(registry: Registry, name: string, help: string): Counter<'router' | 'kind'> {
  return new Counter({ name, help, labelNames: ['router', 'kind'], registers: [registry] });
}

function countPhones(scrape: Registry, { phones, extensions, rotations }: PhoneCounts): void {
  gauge(scrape, 'wisp_edge_phones', 'Phones', phones.total);
  gauge(scrape, 'wisp_edge_phones_registered', 'Phones whose every line was seen registered', phones.registered);
  gauge(scrape, 'wisp_edge_extensions', 'Extensions', extensions.total);
  gauge(scrape, 'wisp_edge_extensions_registered', 'Extensions that were seen registered', extensions.registered);
  const byEnd = labelled(scrape, 'wisp_edge_rotations', 'Rotations by end; those open are open', 'end');
  for (const [end, count] of Object.entries(rotations)) byEnd.set({ end }, count);
}

function countGuesses(scrape: Registry, { addresses, requests }: Required<ProvisionerStatus>['guesses']): void {
  gauge(scrape, 'wisp_edge_phone_guessers', 'Addresses that ask with too many tokens of nobody', addresses);
  new Counter({
    name: 'wisp_edge_phone_guesses_total',
    help: 'Their requests, since the provisioner started, that no more was said of',
    registers: [scrape],
  }).inc(requests);
}

function gauge(registry: Registry, name: string, help: string, value: number): void {
  new Gauge({ name, help, registers: [registry] }).set(value);
}

function labelled<Label extends string>(registry: Registry, name: string, help: string, label: Label): Gauge<Label> {
  return new Gauge({ name, help, labelNames: [label], registers: [registry] });
}
