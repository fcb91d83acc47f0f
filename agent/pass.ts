import type { RouterMode, RouterPlan, RouterStatus } from '../schemas/router.ts';
import { adoptionView, allowed, recordBefore, settle } from './adoption.ts';
import { applyPlan } from './apply.ts';
import { admissionKey } from './core/decision.ts';
import type { RouterReading } from './core/observed.ts';
import { stepsOf } from './core/plan/plan.ts';
import { namedSubscribers } from './core/sessions/identity.ts';
import { newsOf, type IsNews } from './core/sessions/news.ts';
import { tellExpiredLinks } from './expired-links.ts';
import { withLoadWatched } from './load-watch.ts';
import { lookAt } from './look.ts';
import type { PassDeps } from './pass-deps.ts';
import { publishPages } from './publish-pages.ts';
import { advanceWritten, passView, report, type Look, type Reports } from './record.ts';
import { ReissueMeter } from './reissues.ts';
import { planReport } from './report.ts';
import { Window } from './window.ts';

/** Up to so many commands are in flight on a router, and no more work than it does in half a second. */
const MAX_IN_FLIGHT = 16;
const WORK_IN_FLIGHT_MS = 500;

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
      onForwardRefused: (why) => {
        deps.memory.noteForwardRefusal(clock.now(), why);
      },
    }).finally(() => meter.end());
  const steps = stepsOf(plan).length;
  const { applied, stale, skipped } = await withLoadWatched(steps, { session, window, clock, signal }, write);
  if (stale + skipped === 0) noteDropped(look, deps);
  await advanceWritten(look, deps);
  return result(look, reports, deps, applied, false, true);
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
