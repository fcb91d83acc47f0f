import { createHash } from 'node:crypto';
import { isSettled } from '../schemas/operation.ts';
import type { ObservedSubscriber, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { DesiredView } from '../store/ports.ts';
import type { Decision } from './core/decision.ts';
import type { Wish } from './core/desired/live.ts';
import type { Ground } from './core/ground.ts';
import type { PageRival } from './core/notice-pages.ts';
import type { RouterReading } from './core/observed.ts';
import { progress } from './core/progress.ts';
import type { OpenPart, PartProgress } from './core/progress/terms.ts';
import type { Verdict } from './core/verdict.ts';
import type { PassMemory } from './pass-memory.ts';
import { recordReissues, type ReissueDeps } from './reissues.ts';
import { observedReport, planReport, statusReport, type PassView } from './report.ts';

/** A stored plan shows so many steps; a person who wants all of a larger one stops the agent and runs `plan`. */
const STORED_STEPS = 2000;
/** And so many commands of what is held. */
const STORED_HELD = 1000;

/** What one look at store and router came to. */
export interface Look {
  readonly view: DesiredView;
  readonly wishes: ReadonlyMap<string, Wish>;
  readonly observed: RouterReading;
  readonly ground: Ground;
  readonly decision: Decision;
  /** What would be decided if all that waits for somebody were let through; null where nothing does. */
  readonly letThrough: Decision | null;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Whose pages the page server withholds; none before the pages were published. */
  readonly rivals: readonly PageRival[];
  readonly at: number;
}

/** What recording needs of a pass. */
export interface RecordDeps extends ReissueDeps {
  readonly settings: { readonly router: string; readonly fingerprint?: string };
  readonly memory: PassMemory;
}

export interface Reports {
  readonly plan: RouterPlan;
  readonly status: RouterStatus;
}

/** Tells the store what a look saw: subscribers, router, operations, departures that are gone. */
export async function report(look: Look, deps: RecordDeps): Promise<Reports> {
  const moved = movesSeen(look, deps);
  const view = passView(look, deps, moved);
  const reports = { plan: planReport(view, STORED_STEPS, STORED_HELD), status: statusReport(view) };
  await recordObserved(observedReport(view), deps);
  await deps.store.recordRouter(reports.status, reports.plan);
  await recordReissues(look, deps);
  await storeMoves(moved, deps);
  const gone = look.view.departures
    .map((departure) => departure.subscriber)
    .filter((id) => {
      const verdict = look.verdicts.get(id);
      return (
        look.wishes.has(id) || (verdict?.isDone === true && verdict.rows.length === 0 && !look.decision.frozen.has(id))
      );
    });
  if (gone.length > 0) await deps.store.finishDepartures(deps.settings.router, gone);
  return reports;
}

/** Writes what differs from what was written last; the time of seeing alone is no difference. */
async function recordObserved(observed: ReadonlyMap<string, ObservedSubscriber>, deps: RecordDeps): Promise<void> {
  const { recorded } = deps.memory;
  const news = new Map<string, ObservedSubscriber>();
  const signatures = new Map<string, number>();
  for (const [id, seen] of observed) {
    const signature = signatureOf(seen);
    if (recorded.get(id) === signature) continue;
    news.set(id, seen);
    signatures.set(id, signature);
  }
  for (const id of recorded.keys()) if (!observed.has(id)) recorded.delete(id);
  if (news.size === 0) return;
  await deps.store.recordObserved(deps.settings.router, news);
  for (const [id, signature] of signatures) recorded.set(id, signature);
}

/** So many bits of a digest are an exact number; two that differ are taken for the same once in 2^48. */
const SIGNATURE_BYTES = 6;

/** All of what was seen but the time of seeing, as a number: texts of a hundred thousand subscribers would be felt. */
function signatureOf({ service, notice, verified, held, rows, addresses = [] }: ObservedSubscriber): number {
  const seen = [
    [service, notice, verified, held],
    ...rows.map(({ menu, id, address, foreign }) => [menu, id, address, foreign]),
    ...addresses.map(({ address, from }) => [address, from]),
  ];
  return createHash('sha256').update(JSON.stringify(seen)).digest().readUIntBE(0, SIGNATURE_BYTES);
}

/** Where operations stand once what is planned is written; what was seen before moves them in `report`. */
export function movesOnceWritten(look: Look, deps: Pick<RecordDeps, 'settings'>): readonly PartProgress[] {
  return moves(look, deps, 'written');
}

/** What a `reconcile` has come to by what was seen, where that is that nothing is left to do; else null. */
export function reconciledBy(look: Look, deps: Pick<RecordDeps, 'settings'>): PartProgress | null {
  const { seq } = look.view;
  const asked = { id: '', kind: 'reconcile', subject: `router/${deps.settings.router}`, reason: null } as const;
  const fresh = { state: 'received', follows: 'nothing', overruled: [], heldUnder: [] } as const;
  const [move] = moves(look, deps, 'read', [{ ...asked, ...fresh, seq, acceptedAt: look.at }]);
  return move?.state === 'verified' ? move : null;
}

/** Where operations stand by what was seen. */
export function movesSeen(look: Look, deps: Pick<RecordDeps, 'settings'>): readonly PartProgress[] {
  return moves(look, deps, 'read');
}

function moves(
  look: Look,
  deps: Pick<RecordDeps, 'settings'>,
  phase: 'written' | 'read',
  operations: readonly OpenPart[] = look.view.operations,
): readonly PartProgress[] {
  return progress({
    operations,
    wishes: look.wishes,
    decision: look.decision,
    verdicts: look.verdicts,
    mode: look.ground.settings.mode,
    seq: look.view.seq,
    phase,
    now: look.at,
    seen: { router: deps.settings.router, readAt: new Date(look.at).toISOString(), version: look.observed.version },
  });
}

/** Moves operations on. */
export async function storeMoves(moved: readonly PartProgress[], deps: RecordDeps): Promise<void> {
  if (moved.length === 0) return;
  const { router } = deps.settings;
  await deps.store.advanceOperations(
    deps.clock.now(),
    moved.map((part) => ({ ...part, router })),
  );
}

/** `moved` are operations that this look moves on: what is over or held now is pending no more. */
export function passView(
  look: Look,
  deps: Pick<RecordDeps, 'settings'>,
  moved: readonly PartProgress[] = [],
): PassView {
  const states = new Map(moved.map(({ id, state }) => [id, state]));
  return {
    router: deps.settings.router,
    mode: look.ground.settings.mode,
    fingerprint: deps.settings.fingerprint,
    at: look.at,
    observed: look.observed,
    decision: look.decision,
    verdicts: look.verdicts,
    rivals: look.rivals,
    letThrough: look.letThrough,
    wishes: look.wishes,
    operations: look.view.operations,
    pendingOperations: look.view.operations.filter(({ id, state }) => !isSettled(states.get(id) ?? state)).length,
  };
}
