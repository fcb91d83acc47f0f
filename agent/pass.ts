import type { RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { DesiredView } from '../store/ports.ts';
import { adoptionView, recordBefore, settle } from './adoption.ts';
import { applyPlan } from './apply.ts';
import type { AdoptionDecision } from './core/adopt/adoption.ts';
import { admissionKey } from './core/decision.ts';
import type { ObservedRouter, RouterReading } from './core/observed.ts';
import type { SettingsInForce } from './core/in-force.ts';
import { stepsOf, type Plan } from './core/plan/plan.ts';
import { lackingOf, onceWritten } from './core/progress/written.ts';
import { refusedWrite, type RefusedWrite } from './core/refused-writes.ts';
import type { PartProgress } from './core/progress/terms.ts';
import { hasIdentity, namedSubscribers, type FindNamed } from './core/sessions/identity.ts';
import { newsOf, type IsNews } from './core/sessions/news.ts';
import { tellExpiredLinks } from './expired-links.ts';
import { withLoadWatched } from './load-watch.ts';
import { lookAt } from './look.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Settled } from './pass-memory.ts';
import { judgePages, publishPages } from './publish-pages.ts';
import { movesOnceWritten, passView, reconciledBy, report, storeMoves, type Look } from './record.ts';
import { ReissueMeter } from './reissues.ts';
import { planReport } from './report.ts';
import { isReconcile, isSettledStill, reconciledAgain, settledBy } from './settled.ts';
import { see, type Sight } from './sight.ts';
import { Window } from './window.ts';

/**
 * Up to so many commands are in flight on a router, and no more work than it does in half a second. Enough to keep it busy
 * over the way there: at 5 ms there and back and 0.3 ms a write it would wait for us between them below 18. Measured on
 * such a one, writing time over the router's own: 1.22 with 16, 1.03 with 24, 1.01 with 32.
 */
const MAX_IN_FLIGHT = 24;
const WORK_IN_FLIGHT_MS = 500;

export interface PassResult {
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
  /** What a `listen` on sessions and leases may say that is worth a pass; null when nobody is known by a name or a MAC. */
  readonly isNews: IsNews | null;
}

/** What a pass told the store, and what it has left to write: no more of its decision than that is kept meanwhile. */
interface Told {
  readonly status: RouterStatus;
  /** The store knows more by now than the look did: another one is due at once. */
  readonly isLate: boolean;
  readonly converged: boolean;
  readonly nextChange: number | null;
  /** Finds those whose sessions and leases are watched; null when nobody is known by a name or a MAC. */
  readonly watched: FindNamed | null;
  /** Null where nothing is left to write. */
  readonly work: Work | null;
}

interface Work {
  readonly plan: Plan;
  readonly adoption: AdoptionDecision;
  readonly view: Pick<DesiredView, 'operations' | 'seq'>;
  /** Steps of it that the router refused again and again. */
  readonly refused: readonly RefusedWrite[];
  /** Where operations stand once all of it is written. */
  readonly moves: readonly PartProgress[];
  /** `operation/subscriber` of the cuts whose open connections are surely gone then. */
  readonly dropping: readonly string[];
}

/** What an apply would write to this router now. Writes nothing, neither to the router nor to the store. */
export async function planOnly(deps: PassDeps): Promise<RouterPlan> {
  return planReport(passView(await lookAt(await see(deps, false), deps, false), deps), Number.POSITIVE_INFINITY);
}

/**
 * One turn of observe → plan → apply → report. Operations become `verified` only on a turn that found nothing to write;
 * the caller runs another turn after one that wrote.
 */
export async function runPass(deps: PassDeps): Promise<PassResult> {
  const sight = await see(deps, true);
  const told = await deps.desk.run(deps.signal, () => decideAndTell(sight, deps));
  const { written, isOver } = told.work === null ? NOTHING_WRITTEN : await write(told.work, deps);
  return {
    status: told.status,
    observed: sight.observed,
    readMs: sight.readMs,
    written,
    converged: told.work === null && told.converged,
    nextChange: told.nextChange,
    again: !isOver || told.isLate,
    isNews:
      told.watched === null ? null : newsOf(sight.observed, { find: told.watched, addresses: deps.image.addresses }),
  };
}

async function decideAndTell(sight: Sight, deps: PassDeps): Promise<Told> {
  deps.onRead?.();
  deps.memory.portalAddresses = sight.view.portalAddresses;
  const { settled } = deps.memory;
  if (settled === null || !(await isSettledStill(settled, sight, deps)))
    return tell(await lookAt(sight, deps, true), deps);
  if (deps.onSettled !== undefined) deps.onSettled(settled, judgePages(await lookAt(sight, deps, false), deps));
  return tellAgain(settled, sight, deps);
}

/** Tells the store all that a look saw, and what is left to write. */
async function tell(seen: Look, deps: PassDeps): Promise<Told> {
  const { memory, store } = deps;
  memory.settled = null;
  publishPages(seen, deps);
  deps.onInForce?.(seen.ground.settings, seen.decision.adoption.namedLifts);
  const judged = judgePages(seen, deps);
  // Before the operation says so: whoever hears of it may ask for the next step at once.
  const look = await settle(judged, seen.ground.settings.router, store);
  const { view, decision, ground, at } = look;
  const { settings } = ground;
  await tellAdoption(decision.adoption, settings, at, deps);
  // First, so that whoever sees an operation verified sees what had drifted before it.
  await tellDrift(look.observed, decision, at, deps);
  const reports = await report(look, deps);
  deps.onPlan?.(reports.plan);
  await tellExpiredLinks(look, deps);
  memory.isHeldForPortal = decision.holds.some(
    ({ facet, reason }) => facet === 'cutoff' && reason === 'portal-unknown',
  );
  const plan = decision.allowed;
  const watched = watchedOf(look);
  const isWorkLeft = plan.stages.length > 0;
  // A frozen subscriber's page goes by the time as well.
  const isAsOften = view.operations.every(isReconcile) && (deps.notices === undefined || decision.frozen.size === 0);
  if (!isWorkLeft && isAsOften) memory.settled = settledBy(look, reports, watched, reconciledBy(look, deps));
  return {
    status: reports.status,
    isLate: look !== judged,
    converged: decision.plan.stages.length === 0,
    nextChange: decision.live.nextChange,
    watched,
    work: isWorkLeft ? workOf(look, plan, deps) : null,
  };
}

/** The same where a pass came to what the last one did: only the times are others. */
async function tellAgain(settled: Settled, { view, observed, at }: Sight, deps: PassDeps): Promise<Told> {
  const { plan, adoption, nextChange, watched } = settled;
  const { settings } = settled.ground;
  deps.notices?.confirm(deps.settings.router, view.seq);
  await tellAdoption(adoption, settings, at, deps);
  await tellDrift(observed, { plan, adoption }, at, deps);
  const seen = new Date(at).toISOString();
  const status = { ...settled.status, lastSeen: seen, lastPass: seen };
  const report = { ...settled.report, at: seen };
  deps.onPlan?.(report);
  await deps.store.recordRouter(status, report);
  await storeMoves(reconciledAgain(settled, view, seen), deps);
  return { status, isLate: false, converged: plan.stages.length === 0, nextChange, watched, work: null };
}

async function tellAdoption(
  adoption: AdoptionDecision,
  { router, mode }: SettingsInForce,
  at: number,
  { store, shown }: PassDeps,
): Promise<void> {
  const isTheirs = adoption.rows.length > 0 || adoption.adoption !== null;
  if (isTheirs || shown.isWisphub) await store.recordAdoptionView(adoptionView({ router, mode, at }, adoption));
  shown.isWisphub = isTheirs;
}

/** Counts what somebody else changed since all was settled, and what was put right. */
async function tellDrift(
  observed: ObservedRouter,
  { plan, adoption }: { readonly plan: Plan; readonly adoption: AdoptionDecision },
  at: number,
  { drift, store, settings, clock }: PassDeps,
): Promise<void> {
  const isGivenBack = adoption.adoption?.step === 'hand-back';
  // Once it is over, all that is missing was taken off by us.
  const left = isGivenBack && adoption.isDone ? { ...plan, stages: [] } : plan;
  const news = drift?.look(observed, left, { at, countedMs: clock.monotonic(), isGivenBack }) ?? null;
  if (news !== null) await store.recordDrift(settings.router, news);
}

function watchedOf({ wishes }: Look): FindNamed | null {
  const all = [...wishes.values()];
  if (!all.some(({ subscriber }) => hasIdentity(subscriber))) return null;
  return namedSubscribers(all.filter(({ cutoff, notices }) => cutoff !== null || notices.length > 0));
}

function workOf(look: Look, plan: Plan, deps: PassDeps): Work {
  const { operations, seq } = look.view;
  const open = new Set(operations.map(({ id }) => id));
  return {
    plan,
    adoption: look.decision.adoption,
    view: { operations, seq },
    refused: look.decision.refused,
    moves: movesOnceWritten(look, deps),
    dropping: look.decision.subscribers.flatMap(({ id, cut }) =>
      cut !== null && open.has(cut.operation) ? [admissionKey(cut.operation, id)] : [],
    ),
  };
}

interface Written {
  /** How many rows. */
  readonly written: number;
  /** Nothing is to be read again at once: none was written, and what is left the router refuses for good. */
  readonly isOver: boolean;
}

const NOTHING_WRITTEN: Written = { written: 0, isOver: true };

/** Writes to the router. */
async function write(work: Work, deps: PassDeps): Promise<Written> {
  const { plan, adoption, view, moves, dropping } = work;
  const { session, clock, signal } = deps;
  const meter = new ReissueMeter(deps, view);
  await recordBefore(deps.settings.router, adoption, deps.store);
  const window = new Window(MAX_IN_FLIGHT, WORK_IN_FLIGHT_MS);
  const known = new Set(work.refused.map(({ command }) => command));
  const refused: RefusedWrite[] = [];
  const apply = (): ReturnType<typeof applyPlan> =>
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
      onRefused: (step, why) => {
        refused.push(refusedWrite(step, why.message));
      },
      isRefusedStill: (step) => known.size > 0 && known.has(refusedWrite(step, '').command),
      onExtraRefused: (extra, why) => {
        deps.memory.noteExtraRefusal(extra, clock.now(), why);
      },
    }).finally(() => {
      deps.memory.noteRefusedWrites(refused);
      return meter.end();
    });
  const steps = stepsOf(plan);
  const { applied, skipped, written } = await withLoadWatched(steps.length, { session, window, clock, signal }, apply);
  const lacking = lackingOf({ steps, written });
  // The removal of open connections came last: the next pass owes nothing to these cuts.
  const dropped = dropping.filter((key) => !lacking.has(key.slice(key.indexOf('/') + 1)));
  noteDropped(dropped, view, deps);
  await storeMoves(onceWritten(moves, view.operations, { steps, written }), deps);
  const isOver = applied + skipped === 0 && refused.every(({ command }) => known.has(command));
  return { written: applied, isOver };
}

function noteDropped(keys: readonly string[], { operations }: Work['view'], { dropped }: PassDeps): void {
  const open = new Set(operations.map(({ id }) => id));
  for (const key of dropped) if (!open.has(key.slice(0, key.indexOf('/')))) dropped.delete(key);
  for (const key of keys) dropped.add(key);
}
