import type { Brake } from '../schemas/config/agent.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { Admission, AgentStore, DesiredView } from '../store/ports.ts';
import type { AdmissionGate } from './admission-gate.ts';
import { applyPlan } from './apply.ts';
import { decide } from './core/decide.ts';
import { admissionKey, type Decision, type DecisionInput } from './core/decision.ts';
import { asIfLetThrough } from './core/held-as-if.ts';
import { ledPlaces, letsThrough, noticePages, pageDomains, standingPages } from './core/notice-pages.ts';
import type { ObservedRouter } from './core/observed.ts';
import { isStillToListener } from './core/plan/back-end.ts';
import type { Plan } from './core/plan/plan.ts';
import type { BrakeOperation } from './core/brake.ts';
import { hasIdentity, namedSubscribers } from './core/sessions/identity.ts';
import { newsOf, type IsNews } from './core/sessions/news.ts';
import { withRedirect, type Dialect, type RouterSettings } from './core/settings.ts';
import { verdicts } from './core/verdict.ts';
import type { CentralWatch } from './central-watch.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { RouterImage } from './image.ts';
import { observe } from './observe.ts';
import type { Clock, NoticeDesk, RouterSession } from './ports.ts';
import { advanceWritten, passView, report, type Look, type Reports } from './record.ts';
import { planReport } from './report.ts';
import type { SubscriberLocks } from './subscriber-locks.ts';
import { wishOf, type WishBook } from './wishes.ts';
import { Window } from './window.ts';

/** Up to so many commands are in flight on a router, and no more work than it does in half a second. */
const MAX_IN_FLIGHT = 16;
const WORK_IN_FLIGHT_MS = 500;

export interface PassDeps {
  readonly settings: RouterSettings;
  readonly limits: Brake;
  /** The configured portal: in force until the platform sends one. */
  readonly portal: Portal;
  readonly commandTimeoutMs: number;
  readonly store: AgentStore;
  readonly session: RouterSession;
  readonly image: RouterImage;
  readonly locks: SubscriberLocks;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The dialect known so far, or null. */
  readonly dialect: Dialect | null;
  /** The routers of the site: a snapshot's cuts are announced for all of them together. */
  readonly siteRouters: readonly string[];
  /** Shared by all routers of the site. */
  readonly gate: AdmissionGate;
  /** `operation/subscriber` of cuts whose connections were removed; outlives the session, not the process. */
  readonly dropped: Set<string>;
  /** What the store was told of each subscriber: only what differs is written again. */
  readonly recorded: Map<string, string>;
  readonly wishBook: WishBook;
  /** What is known of the central link; left out where there is no central platform to hear from. */
  readonly central?: Pick<CentralWatch, 'stateOf'> | undefined;
  /** Follows what others change; left out for a single look. */
  readonly drift?: DriftWatch | undefined;
  /** Our own page server, where there is one. */
  readonly notices?: NoticeDesk | undefined;
  /** Told as soon as the router has been read, before anything is written. */
  readonly onRead?: () => void;
  /** Told of every write that was answered. */
  readonly onApplied?: () => void;
}

export interface PassResult {
  readonly plan: RouterPlan;
  readonly status: RouterStatus;
  readonly observed: ObservedRouter;
  /** Rows written; 0 means that the router was found as it should be. */
  readonly written: number;
  readonly converged: boolean;
  /** The next moment at which time alone changes something, or null. */
  readonly nextChange: number | null;
  /** Another read is due at once: something was written, or changed under us. */
  readonly again: boolean;
  /** What a `listen` on sessions and leases may say that is worth a pass; null when nobody is known by a name or a MAC. */
  readonly isNews: IsNews | null;
}

/** What an apply would write to this router now. Writes nothing, neither to the router nor to the store. */
export async function planOnly(deps: PassDeps): Promise<RouterPlan> {
  return planReport(passView(await lookAt(deps, false), deps), Number.POSITIVE_INFINITY);
}

/**
 * One turn of observe → plan → apply → report. Operations become `verified` only on a turn that found nothing to write;
 * the caller runs another turn after one that wrote.
 */
export async function runPass(deps: PassDeps): Promise<PassResult> {
  const look = await lookAt(deps, deps.settings.mode === 'manage');
  publishPages(look, deps);
  deps.onRead?.();
  const plan = allowed(look.decision.plan, deps.settings);
  // First, so that whoever sees an operation verified sees what had drifted before it.
  await recordDrift(look, deps);
  const reports = await report(look, deps);
  if (plan.stages.length === 0) return result(look, reports, deps, 0, look.decision.plan.stages.length === 0, false);
  const { applied, stale, skipped } = await applyPlan(plan, {
    session: deps.session,
    image: deps.image,
    locks: deps.locks,
    clock: deps.clock,
    window: new Window(MAX_IN_FLIGHT, WORK_IN_FLIGHT_MS),
    signal: deps.signal,
    ...(deps.onApplied === undefined ? {} : { onApplied: deps.onApplied }),
  });
  if (stale + skipped === 0) noteDropped(look, deps);
  await advanceWritten(look, deps);
  return result(look, reports, deps, applied, false, true);
}

/** Before anything is written: nobody is led to our page server who has no page there. */
function publishPages({ view, wishes, observed, decision }: Look, { settings, portal, notices }: PassDeps): void {
  if (notices === undefined) return;
  const pages = [
    ...standingPages(observed, decision.frozen, [...wishes.values()]),
    ...noticePages(decision.subscribers.filter(({ id }) => !decision.frozen.has(id))),
  ];
  notices.publish(settings.router, {
    seq: view.seq,
    isLeading: decision.backend === 'notice-server' || isStillToListener(observed),
    template: settings.url,
    ...pageDomains(view.portal ?? portal, view.portalAddresses, letsThrough(observed, settings.lists.portal)),
    pages,
    led: ledPlaces(observed, settings.lists, pages),
    leadsTo: decision.leadsTo,
  });
}

/** Reads store and router, and decides. Writes nothing but, where asked to, what the brake lets through. */
async function lookAt(deps: PassDeps, isAdmitting: boolean): Promise<Look> {
  deps.locks.releaseAll();
  const view = await deps.store.desiredFor(deps.settings.router);
  const cuts = await cutsAskedFor(view, deps);
  const wishes = new Map(view.subscribers.map((record) => [record.id, wishOf(record, deps.wishBook)]));
  const observed = await observe(deps.session, {
    settings: deps.settings,
    commandTimeoutMs: deps.commandTimeoutMs,
    expectedRows: deps.image.observed === null ? null : deps.image.tableRows,
    dialect: deps.dialect,
    readsSessions: view.subscribers.some(({ subscriber }) => hasIdentity(subscriber)),
    routes: deps.image.observed?.tables.get('/ip/route') ?? null,
    clock: deps.clock,
    signal: deps.signal,
  });
  deps.image.replace(observed);
  deps.onRead?.();
  const at = deps.clock.now();
  const { input, decision } = await deps.gate.run(async () => {
    const recorded = await deps.store.admissionsSince(0);
    const admissions = recorded.filter(({ kind }) => kind !== 'begun');
    const asked: DecisionInput = {
      wishes: [...wishes.values()],
      departures: view.departures,
      portal: view.portal ?? deps.portal,
      portalAddresses: view.portalAddresses,
      operations: new Map([
        ...view.operations.map(
          ({ id, released, expectedCuts }) => [id, { released, expectedCuts, cuts: cuts.get(id) ?? 0 }] as const,
        ),
        ...releasesInForce(view, at, deps.limits),
      ]),
      admitted: keysOf(admissions, deps),
      begun: keysOf(
        recorded.filter(({ kind }) => kind === 'begun'),
        deps,
      ),
      admissions,
      claims: new Set(view.claims),
      dropped: deps.dropped,
      observed,
      settings: withRedirect(deps.settings, view.redirect),
      ...(deps.notices === undefined
        ? {}
        : { listener: deps.notices.listener(), strangeSources: deps.notices.strangeSources() }),
      limits: deps.limits,
      ...(deps.central === undefined ? {} : { central: standingOf(view.centralContactAt, deps.central) }),
      now: at,
    };
    const decided = decide(asked);
    if (isAdmitting) await admit(decided, deps);
    return { input: asked, decision: decided };
  });
  const departed = view.departures.map((departure) => departure.subscriber);
  const judged = verdicts([...wishes.values()], departed, decision, observed);
  const foreignHeld = [...judged].filter(([, { foreignRow }]) => foreignRow !== null).map(([id]) => id);
  const asIf = asIfLetThrough(input, decision, foreignHeld);
  return {
    view,
    wishes,
    observed,
    decision,
    letThrough: asIf === null ? null : decide(asIf),
    verdicts: judged,
    at,
  };
}

function standingOf(contactAt: number | null, central: Pick<CentralWatch, 'stateOf'>) {
  const heardAt = contactAt === null ? null : new Date(contactAt).toISOString();
  return { state: central.stateOf(contactAt), heardAt };
}

/** What a person let through that is no operation, for as long as the brake looks back: what comes later is another matter. */
function releasesInForce(
  { releases }: DesiredView,
  now: number,
  { windowMinutes }: Brake,
): readonly (readonly [string, BrakeOperation])[] {
  return releases
    .filter(({ at }) => at > now - windowMinutes * 60_000)
    .map(({ name }) => [name, { released: true, expectedCuts: null, cuts: 0 }]);
}

/** Counts what somebody else changed since all was settled, and what was put right. */
async function recordDrift(
  { observed, decision, at }: Look,
  { drift, store, settings, clock }: PassDeps,
): Promise<void> {
  const news = drift?.look(observed, decision.plan, at, clock.monotonic()) ?? null;
  if (news !== null) await store.recordDrift(settings.router, news);
}

/** `operation/subscriber` of what was admitted on this router. */
function keysOf(admissions: readonly Admission[], { settings }: PassDeps): ReadonlySet<string> {
  return new Set(
    admissions
      .filter(({ router }) => router === settings.router)
      .map(({ operation, subscriber }) => admissionKey(operation, subscriber)),
  );
}

/** Everything was written, the removal of open connections last: the next pass owes nothing to these cuts. */
function noteDropped({ decision, view }: Look, deps: PassDeps): void {
  const open = new Set(view.operations.map((operation) => operation.id));
  for (const key of deps.dropped) if (!open.has(key.slice(0, key.indexOf('/')))) deps.dropped.delete(key);
  for (const { id, cut } of decision.subscribers)
    if (cut !== null && open.has(cut.operation)) deps.dropped.add(admissionKey(cut.operation, id));
}

/** New cuts that a snapshot asks for over the whole site; other operations announce nothing and need no count. */
async function cutsAskedFor(view: DesiredView, deps: PassDeps): Promise<ReadonlyMap<string, number>> {
  const announced = view.operations.filter((operation) => operation.expectedCuts !== null);
  const cuts = new Map(announced.map((operation) => [operation.id, 0]));
  if (announced.length === 0) return cuts;
  for (const router of new Set([deps.settings.router, ...deps.siteRouters])) {
    const { subscribers } = router === deps.settings.router ? view : await deps.store.desiredFor(router);
    for (const { cutoff } of subscribers) {
      const count = cutoff === null ? undefined : cuts.get(cutoff.operation);
      if (cutoff !== null && count !== undefined) cuts.set(cutoff.operation, count + 1);
    }
  }
  return cuts;
}

/** What the brake let through is on disk before the first row of it is on the router. */
async function admit(decision: Decision, deps: PassDeps): Promise<void> {
  const { router } = deps.settings;
  const admissions = [
    ...decision.newlyAdmitted.map((candidate) => ({ ...candidate, router, at: deps.clock.now() })),
    ...decision.standing.map((candidate) => ({ ...candidate, router, at: 0 })),
    ...decision.newlyBegun.map((one) => ({ ...one, kind: 'begun' as const, router, at: 0 })),
  ];
  if (admissions.length === 0) return;
  await deps.store.recordAdmissions(
    admissions.map(({ router: on, subscriber, operation, kind, at }) => ({
      router: on,
      subscriber,
      operation,
      kind,
      at,
    })),
  );
}

/** `observe` writes nothing; `assist` keeps the portal list only. */
function allowed(plan: Plan, settings: RouterSettings): Plan {
  if (settings.mode === 'observe') return { ...plan, stages: [] };
  if (settings.mode === 'manage') return plan;
  return { ...plan, stages: plan.stages.filter((stage) => stage.name === 'allow' || stage.name === 'clean') };
}

function result(
  look: Look,
  reports: Reports,
  deps: PassDeps,
  written: number,
  converged: boolean,
  again: boolean,
): PassResult {
  const { nextChange } = look.decision.live;
  return {
    ...reports,
    observed: look.observed,
    written,
    converged,
    nextChange,
    again,
    isNews: isNewsAfter(look, deps),
  };
}

function isNewsAfter({ observed, wishes }: Look, { image }: PassDeps): IsNews | null {
  const all = [...wishes.values()];
  if (!all.some(({ subscriber }) => hasIdentity(subscriber))) return null;
  const watched = all.filter(({ cutoff, notices }) => cutoff !== null || notices.length > 0);
  return newsOf(observed, { find: namedSubscribers(watched), addresses: image.addresses });
}
