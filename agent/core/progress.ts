import type { Evidence, OperationKind, OperationReason, OperationState } from '../../schemas/operation.ts';
import type { RouterMode } from '../../schemas/router.ts';
import { NOTICE_KINDS } from '../../schemas/subscriber.ts';
import type { Decision } from './decide.ts';
import type { Wish } from './desired/live.ts';
import { stepsOf } from './plan/plan.ts';
import type { Verdict } from './verdict.ts';

/** An operation's part on this router, as the store holds it. */
export interface OpenPart {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subject: string;
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  readonly seq: number;
}

/** Where a part now stands. */
export interface PartProgress {
  readonly id: string;
  readonly state: OperationState;
  readonly reason?: OperationReason;
  readonly evidence?: Evidence;
  readonly result?: Evidence;
}

export interface ProgressInput {
  readonly operations: readonly OpenPart[];
  readonly wishes: ReadonlyMap<string, Wish>;
  readonly decision: Decision;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly mode: RouterMode;
  /** Journal head of the view the pass worked on: an operation accepted later is not in it. */
  readonly seq: number;
  /** `read` when the router was read and nothing was written since; `written` after an apply not yet read back. */
  readonly phase: 'planned' | 'written' | 'read';
  /** What every evidence carries: the router and when it was read. */
  readonly seen: Evidence;
}

/** Moves operations on by what a pass saw. `verified` only ever comes out of a read (I6). */
export function progress(input: ProgressInput): readonly PartProgress[] {
  const moved: PartProgress[] = [];
  for (const operation of input.operations) {
    if (operation.seq > input.seq) continue;
    const next = nextOf(operation, input);
    if (next === null) continue;
    if (next.state === operation.state && (next.reason ?? null) === operation.reason) continue;
    moved.push({ id: operation.id, ...next });
  }
  return moved;
}

type Next = Omit<PartProgress, 'id'>;

function nextOf(operation: OpenPart, input: ProgressInput): Next | null {
  switch (operation.kind) {
    case 'cutoff':
      return cutoffNext(operation, input);
    case 'restore':
      return restoreNext(operation, input);
    case 'notice':
    case 'notice-end':
      return noticeNext(operation, input);
    case 'desired-state':
      return desiredStateNext(operation, input);
    case 'portal':
    case 'reissue':
    case 'reconcile':
    case 'claim':
      return wholeRouterNext(input);
    case 'release':
      return null;
  }
}

function cutoffNext(operation: OpenPart, input: ProgressInput): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  if (wish?.cutoff?.operation !== operation.id) return null;
  if (input.decision.live.expired.some((entry) => entry.operation === operation.id && entry.subscriber === id))
    return { state: 'failed', reason: 'expired' };
  if (input.decision.live.waiting.has(operation.id)) return { state: 'planned' };
  return underway(input, input.verdicts.get(id), 'cutoff');
}

function restoreNext(operation: OpenPart, input: ProgressInput): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  if (wish !== undefined && wish.cutoff !== null) return null;
  return underway(input, input.verdicts.get(id), 'open');
}

function noticeNext(operation: OpenPart, input: ProgressInput): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  const verdict = input.verdicts.get(id);
  if (operation.kind === 'notice') {
    const notice = wish?.notices.find((candidate) => candidate.operation === operation.id);
    if (notice === undefined) return null;
    if (input.decision.live.waiting.has(operation.id)) return { state: 'planned' };
    const live = input.decision.subscribers.find((subscriber) => subscriber.id === id);
    const hold = input.decision.holds.find((candidate) => candidate.operation === operation.id);
    if (hold !== undefined) return held(hold.reason, hold.detail, input);
    const shown = live?.notices[0]?.operation === operation.id && live.cut === null;
    if (!shown && live !== undefined && live.notices.some((candidate) => candidate.operation === operation.id))
      return held('cut-outranks', 'a cut-off or a higher notice is shown instead', input);
  }
  return underway(input, verdict, NOTICE_KINDS[0]);
}

function underway(
  input: ProgressInput,
  verdict: Verdict | undefined,
  aim: 'cutoff' | 'open' | 'maintenance',
): Next | null {
  if (verdict === undefined)
    return input.phase === 'read' ? { state: 'verified', evidence: { ...input.seen, rows: [] } } : { state: 'planned' };
  const hold = verdict.hold;
  if (hold !== null && aim === 'cutoff' && hold.facet === 'cutoff') return held(hold.reason, hold.detail, input);
  if (input.mode !== 'manage' && !(verdict.isDone && verdict.isVerified))
    return held('router-not-managed', `the router is in mode ${input.mode}`, input);
  if (verdict.foreignRow !== null) {
    const row = verdict.foreignRow;
    return {
      state: 'held',
      reason: 'foreign-row',
      evidence: {
        ...input.seen,
        row: row.get('.id') ?? '',
        list: row.get('list') ?? '',
        address: row.get('address') ?? '',
      },
    };
  }
  if (input.phase === 'read' && verdict.isVerified)
    return { state: 'verified', evidence: { ...input.seen, rows: verdict.rows } };
  if (
    input.phase === 'read' &&
    verdict.isDone &&
    !input.decision.soundness.isSound &&
    input.decision.soundness.findings.length > 0
  )
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, findings: input.decision.soundness.findings.map(({ code }) => code) },
    };
  return { state: input.phase === 'planned' ? 'planned' : 'applied' };
}

function desiredStateNext(operation: OpenPart, input: ProgressInput): Next | null {
  const hold = input.decision.holds.find((candidate) => candidate.operation === operation.id);
  if (hold !== undefined && hold.reason === 'brake') return held(hold.reason, hold.detail, input);
  return wholeRouterNext(input);
}

function wholeRouterNext(input: ProgressInput): Next {
  const steps = stepsOf(input.decision.plan).length;
  if (input.mode === 'observe' && steps > 0) return held('router-not-managed', 'the router is in mode observe', input);
  if (input.phase === 'read' && steps === 0) {
    if (!input.decision.soundness.isSound && input.mode === 'manage')
      return {
        state: 'held',
        reason: 'router-degraded',
        evidence: { ...input.seen, findings: input.decision.soundness.findings.map(({ code }) => code) },
      };
    const heldCount = new Set(input.decision.holds.map((hold) => hold.subscriber)).size;
    return { state: 'verified', evidence: input.seen, result: { subscribers: input.wishes.size, held: heldCount } };
  }
  return { state: input.phase === 'planned' ? 'planned' : 'applied' };
}

function held(reason: OperationReason, detail: string, input: ProgressInput): Next {
  return { state: 'held', reason, evidence: { ...input.seen, detail } };
}

function subjectId(operation: OpenPart): string {
  return operation.subject.slice(operation.subject.indexOf('/') + 1);
}
