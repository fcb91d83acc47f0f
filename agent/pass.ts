import type { Brake } from '../schemas/config/agent.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterMode, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { OperationKind } from '../schemas/operation.ts';
import type { AgentStore, DesiredView } from '../store/ports.ts';
import type { AdmissionGate } from './admission-gate.ts';
import { adoptionState, adoptionView, allowed, recordBefore, settle } from './adoption.ts';
import { applyPlan } from './apply.ts';
import { refusalOf } from './core/adopt/adoption.ts';
import { modeOf } from './core/adopt/state.ts';
import { withLoadWatched } from './load-watch.ts';
import type { BrakeEntry } from './core/brake.ts';
import { decideAgain, type Decided } from './core/decide-again.ts';
import { admissionKey, type Decision, type DecisionInput } from './core/decision.ts';
import { ledPlaces, letsThrough, noticePages, pageDomains, standingPages } from './core/notice-pages.ts';
import { keepTables } from './core/kept-tables.ts';
import type { RouterReading } from './core/observed.ts';
import { isStillToListener } from './core/plan/back-end.ts';
import type { CentralWatch } from './central-watch.ts';
import type { BrakeOperation } from './core/brake.ts';
import { stepsOf } from './core/plan/plan.ts';
import { portalSpelling } from './core/portal-spelling.ts';
import { namedSubscribers } from './core/sessions/identity.ts';
import { newsOf, type IsNews } from './core/sessions/news.ts';
import { withRedirect, type Dialect, type RouterSettings } from './core/settings.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { RouterImage } from './image.ts';
import { lookAround } from './look-around.ts';
import { observe } from './observe.ts';
import type { PassMemory } from './pass-memory.ts';
import type { Clock, NoticeDesk, RouterSession } from './ports.ts';
import { advanceWritten, passView, report, type Look, type Reports } from './record.ts';
import { planReport } from './report.ts';
import { ReissueMeter } from './reissues.ts';
import type { SubscriberLocks } from './subscriber-locks.ts';
import { Window } from './window.ts';

/** Up to so many commands are in flight on a router, and no more work than it does in half a second. */
const MAX_IN_FLIGHT = 16;
const WORK_IN_FLIGHT_MS = 500;

/** Operations of these kinds never bring a cut, nor a departure: a decision has no use for them. */
const CUTTING_NOBODY: ReadonlySet<OperationKind> = new Set(['reconcile', 'doctor', 'portal', 'reissue']);

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
  readonly memory: PassMemory;
  /** What decides; a test compares what it gives again with a fresh decision. */
  readonly decide?: typeof decideAgain | undefined;
  /** What is known of the central link; left out where there is no central platform to hear from. */
  readonly central?: Pick<CentralWatch, 'stateOf'> | undefined;
  /** Follows what others change; left out for a single look. */
  readonly drift?: DriftWatch | undefined;
  /** Whether what the store shows of the router has, or may have, something of WispHub's: only then it is told again. */
  readonly shown: { isWisphub: boolean };
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
  readonly observed: RouterReading;
  /** How long the router took to be read, ms. */
  readonly readMs: number;
  /** Rows written; 0 means that the router was found as it should be. */
  readonly written: number;
  readonly converged: boolean;
  /** The next moment at which time alone changes something, or null. */
  readonly nextChange: number | null;
  /** Another read is due at once: something was written, or changed under us. */
  readonly again: boolean;
  /** How the router is kept now: as the configuration says, or as a step of an adoption made of it. */
  readonly mode: RouterMode;
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
  const before = deps.memory.decided;
  const look = await lookAt(deps, true);
  const { adoption } = look.decision;
  const { router } = deps.settings;
  publishPages(look, deps);
  deps.onRead?.();
  const plan = allowed(look.decision.plan, look.mode, adoption.adoption);
  // Before the operation says so: whoever hears of it may ask for the next step at once.
  const isTheirs = adoption.rows.length > 0 || adoption.adoption !== null;
  if (isTheirs || deps.shown.isWisphub)
    await deps.store.recordAdoptionView(adoptionView({ router, mode: look.mode, at: look.at }, adoption));
  deps.shown.isWisphub = isTheirs;
  await settle(router, adoption, deps.store);
  // First, so that whoever sees an operation verified sees what had drifted before it.
  await recordDrift(look, deps);
  const reports = await report(look, deps);
  await tellExpiredLinks(look, before, deps);
  if (plan.stages.length === 0) return result(look, reports, deps, 0, look.decision.plan.stages.length === 0, false);
  const meter = new ReissueMeter(deps, look.view);
  await recordBefore(router, adoption, look.mode, deps.store);
  const { session, clock, signal } = deps;
  const window = new Window(MAX_IN_FLIGHT, WORK_IN_FLIGHT_MS);
  const write = (): ReturnType<typeof applyPlan> =>
    applyPlan(plan, {
      session,
      image: deps.image,
      locks: deps.locks,
      clock,
      window,
      signal,
      onApplied: (step) => {
        meter.note(step);
        deps.onApplied?.();
      },
    }).finally(() => meter.end());
  const steps = stepsOf(plan).length;
  const { applied, stale, skipped } = await withLoadWatched(steps, { session, window, clock, signal }, write);
  if (stale + skipped === 0) noteDropped(look, deps);
  await advanceWritten(look, deps);
  return result(look, reports, deps, applied, false, true);
}

/** So many are named in the event; the finding counts them all. */
const NAMED_IN_EVENT = 20;

/** Tells, once, whose own page had a login link that died; after a restart, of those whose row still leads there. */
async function tellExpiredLinks({ decision, at }: Look, before: Decided | null, deps: PassDeps): Promise<void> {
  const expired = [...decision.live.expiredLinks];
  if (expired.length === 0 || before?.decision === decision) return;
  const written = new Set(
    stepsOf(decision.plan).flatMap(({ menu, subscriber }) => (menu === '/ip/proxy/access' ? (subscriber ?? []) : [])),
  );
  const isNew = (id: string): boolean =>
    before === null ? written.has(id) : !before.decision.live.expiredLinks.has(id);
  const told = expired.filter(isNew);
  const { router } = deps.settings;
  if (told.length === 0) return;
  const data = { count: told.length, subscribers: told.slice(0, NAMED_IN_EVENT) };
  await deps.store.appendEvent({ at, type: 'notices.links-expired', subject: `router/${router}`, router, data });
}

/** The brake counts those of other routers alike: which of them had one, and when within its window, decides nothing. */
function othersOf(count: number, at: number): readonly BrakeEntry[] {
  return Array.from({ length: count }, () => ({ router: '', at }));
}

/** Before anything is written: nobody is led to our page server who has no page there. */
function publishPages({ view, wishes, observed, decision, at }: Look, { settings, portal, notices }: PassDeps): void {
  if (notices === undefined) return;
  const pages = [
    ...standingPages(observed, decision.frozen, [...wishes.values()], at),
    ...noticePages(decision.subscribers.filter(({ id }) => !decision.frozen.has(id))),
  ];
  notices.publish(settings.router, {
    seq: view.seq,
    isLeading: decision.backend === 'notice-server' || isStillToListener(observed),
    template: settings.url,
    ...pageDomains(
      view.portal ?? portal,
      view.portalAddresses,
      view.portalLead,
      letsThrough(observed, portalSpelling(observed, settings).list),
    ),
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
  const wishes = deps.memory.wishes(view.subscribers);
  const from = deps.clock.monotonic();
  const read = await observe(deps.session, {
    settings: deps.settings,
    commandTimeoutMs: deps.commandTimeoutMs,
    expectedRows: deps.image.observed === null ? null : deps.image.tableRows,
    dialect: deps.dialect,
    readsSessions: wishes.hasNamed,
    routes: deps.image.observed?.tables.get('/ip/route') ?? null,
    clock: deps.clock,
    signal: deps.signal,
  });
  const readMs = deps.clock.monotonic() - from;
  const observed = keepTables(read, deps.memory.decided?.input.observed ?? null);
  deps.image.replace(observed);
  deps.onRead?.();
  const at = deps.clock.now();
  const adoption = adoptionState(view);
  const around = await lookAround(observed, adoption, deps, isAdmitting);
  const mode = modeOf(deps.settings.mode, adoption, refusalOf(adoption, around, observed, deps.settings) !== null);
  const decided = await deps.gate.run(async () => {
    const since = at - deps.limits.windowMinutes * 60_000;
    const { own, others } = await deps.store.admissionsFor(deps.settings.router, since);
    const { admitted, begun } = deps.memory.admissions(own);
    const input: DecisionInput = {
      wishes: wishes.all,
      departures: view.departures,
      portal: view.portal ?? deps.portal,
      portalAddresses: view.portalAddresses.map(({ address, host, use }) => ({ address, host, use })),
      portalLead: view.portalLead,
      operations: new Map([
        ...view.operations
          .filter(({ kind }) => !CUTTING_NOBODY.has(kind))
          .map(({ id, released, expectedCuts }) => [id, { released, expectedCuts, cuts: cuts.get(id) ?? 0 }] as const),
        ...releasesInForce(view, at, deps.limits),
      ]),
      admitted,
      begun,
      admissions: [...own.filter(({ kind }) => kind !== 'begun'), ...othersOf(others, at)],
      claims: new Set(view.claims),
      dropped: new Set(deps.dropped),
      observed,
      settings: withRedirect({ ...deps.settings, mode }, view.redirect),
      ...(deps.notices === undefined
        ? {}
        : { listener: deps.notices.listener(), strangeSources: deps.notices.strangeSources() }),
      limits: deps.limits,
      ...(deps.central === undefined ? {} : { central: standingOf(view.centralContactAt, deps.central) }),
      now: at,
      adoption,
      around,
    };
    const made = (deps.decide ?? decideAgain)(input, deps.memory.decided);
    if (isAdmitting && mode === 'manage') await admit(made.decision, deps);
    return made;
  });
  deps.memory.decided = decided;
  const letThrough = deps.memory.letThrough(decided);
  const { decision, verdicts } = decided;
  return { view, wishes: wishes.byId, observed, readMs, decided, decision, letThrough, verdicts, at, mode };
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
    readMs: look.readMs,
    written,
    converged,
    nextChange,
    again,
    mode: look.mode,
    isNews: isNewsAfter(look, deps),
  };
}

function isNewsAfter({ observed, view }: Look, { image, memory }: PassDeps): IsNews | null {
  const { all, hasNamed } = memory.wishes(view.subscribers);
  if (!hasNamed) return null;
  const watched = all.filter(({ cutoff, notices }) => cutoff !== null || notices.length > 0);
  return newsOf(observed, { find: namedSubscribers(watched), addresses: image.addresses });
}
