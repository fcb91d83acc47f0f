import type { Evidence, OperationKind, OperationReason, OperationState } from '../../schemas/operation.ts';
import type { RouterMode } from '../../schemas/router.ts';
import type { AdoptionState } from './adopt/state.ts';
import type { Decision } from './decision.ts';
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
  readonly phase: 'read' | 'written';
  /** When the decision was made, ms. */
  readonly now: number;
  /** What every evidence carries: the router and when it was read. */
  readonly seen: Evidence;
}

/** The decision by operation, so that ten thousand operations cost ten thousand looks. */
interface Indexed extends ProgressInput {
  readonly expired: ReadonlySet<string>;
  readonly subscribers: ReadonlyMap<string, Decision['subscribers'][number]>;
  readonly holds: ReadonlyMap<string, Decision['holds'][number]>;
  /** Whom rows that go now open, whatever the mode of the router, or whose they are. */
  readonly opening: ReadonlySet<string>;
}

/** Moves operations on by what a pass saw. `verified` only ever comes out of a read (I6). */
export function progress(input: ProgressInput): readonly PartProgress[] {
  const { decision } = input;
  if (input.operations.length === 0) return [];
  const holds = new Map<string, Decision['holds'][number]>();
  for (const hold of decision.holds) {
    const first = holds.get(hold.operation);
    if (first === undefined || (first.reason !== 'brake' && hold.reason === 'brake')) holds.set(hold.operation, hold);
  }
  const indexed: Indexed = {
    ...input,
    expired: new Set(decision.live.expired.map((entry) => entry.operation)),
    subscribers: new Map(decision.subscribers.map((subscriber) => [subscriber.id, subscriber])),
    holds,
    opening: new Set(
      stepsOf(decision.allowed).flatMap(({ kind, lane, subscriber }) =>
        kind === 'remove' && lane === 'restore' && subscriber !== null ? [subscriber] : [],
      ),
    ),
  };
  const moved: PartProgress[] = [];
  for (const operation of input.operations) {
    if (operation.seq > input.seq) continue;
    const next = nextOf(operation, indexed);
    if (next === null) continue;
    if (next.state === operation.state && (next.reason ?? null) === operation.reason) continue;
    moved.push({ id: operation.id, ...next });
  }
  return moved;
}

type Next = Omit<PartProgress, 'id'>;

function nextOf(operation: OpenPart, input: Indexed): Next | null {
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
      return wholeRouterNext(operation, input);
    case 'adopt':
      return adoptNext(operation, input);
    case 'release':
    // The doctor's own, beside the passes.
    case 'doctor':
      return null;
    // The provisioner's: an agent is never given one.
    case 'resync':
    case 'validate':
    case 'rotation':
      return null;
  }
}

function cutoffNext(operation: OpenPart, input: Indexed): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  if (wish?.cutoff?.operation !== operation.id) return null;
  if (input.expired.has(operation.id)) return { state: 'failed', reason: 'expired' };
  if (input.decision.live.waiting.has(operation.id)) return { state: 'planned' };
  return underway(input, input.verdicts.get(id), 'cutoff');
}

function restoreNext(operation: OpenPart, input: Indexed): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  if (wish !== undefined && wish.cutoff !== null) return null;
  if (input.opening.has(id)) return { state: input.phase === 'written' ? 'applied' : 'planned' };
  return underway(input, input.verdicts.get(id), 'open');
}

function noticeNext(operation: OpenPart, input: Indexed): Next | null {
  const id = subjectId(operation);
  const wish = input.wishes.get(id);
  const verdict = input.verdicts.get(id);
  // Who is left alone while his cut is held gets no notice either, and keeps the one that stands.
  const freeze = input.decision.frozen.has(id) && verdict?.hold?.facet === 'cutoff' ? verdict.hold : null;
  if (operation.kind === 'notice') {
    const notice = wish?.notices.find((candidate) => candidate.operation === operation.id);
    if (notice === undefined) return null;
    if (input.decision.live.waiting.has(operation.id)) return { state: 'planned' };
    const live = input.subscribers.get(id);
    const hold = input.holds.get(operation.id);
    if (hold !== undefined) return held(hold.reason, hold.detail, input);
    if (freeze !== null) return held(freeze.reason, freeze.detail, input);
    const shown = live?.notices[0]?.operation === operation.id && live.cut === null;
    if (!shown && live !== undefined && live.notices.some((candidate) => candidate.operation === operation.id))
      return held('cut-outranks', 'a cut-off or a higher notice is shown instead', input);
    // Its time went by before it could be shown.
    if (!shown && (notice.end ?? Infinity) <= input.now) return { state: 'failed', reason: 'expired' };
    return underway(input, verdict, 'notice');
  }
  if (freeze !== null && verdict?.isDone === false) return held(freeze.reason, freeze.detail, input);
  return underway(input, verdict, 'notice-end');
}

function underway(
  input: Indexed,
  verdict: Verdict | undefined,
  aim: 'cutoff' | 'open' | 'notice' | 'notice-end',
): Next {
  if (verdict === undefined)
    return input.phase === 'read' ? { state: 'verified', evidence: { ...input.seen, rows: [] } } : { state: 'applied' };
  const hold = verdict.hold;
  if (hold !== null && aim === 'cutoff' && hold.facet === 'cutoff') return held(hold.reason, hold.detail, input);
  if (input.mode !== 'manage' && !(verdict.isDone && verdict.isVerified))
    return held('router-not-managed', `the router is in mode ${input.mode}`, input);
  if (verdict.foreignRow !== null && aim !== 'notice-end') {
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
  const other = verdict.otherRow;
  if (other !== null && !other.isGoing && aim === 'open')
    return held(
      'duplicate-address',
      `row ${other.row.get('.id') ?? ''} for ${other.owner} holds ${other.row.get('address') ?? ''}`,
      input,
    );
  const isVerified =
    aim === 'notice-end' ? verdict.isDone : aim === 'notice' ? isShown(input, verdict) : verdict.isVerified;
  if (input.phase === 'read' && isVerified)
    return { state: 'verified', evidence: { ...input.seen, rows: verdict.rows } };
  if (
    input.phase === 'read' &&
    verdict.isDone &&
    !input.decision.soundness.isSound &&
    input.decision.soundness.findings.some((finding) => finding.severity === 'error')
  )
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, findings: input.decision.soundness.findings.map(({ code }) => code) },
    };
  return { state: input.phase === 'written' || (verdict.isDone && other === null) ? 'applied' : 'planned' };
}

/** A cut that waits for a person does not make the notice shown meanwhile less true. */
function isShown({ decision }: Indexed, verdict: Verdict): boolean {
  if (verdict.hold?.facet !== 'cutoff') return verdict.isVerified;
  return verdict.isDone && !decision.frozen.has(verdict.hold.subscriber) && decision.soundness.isSound;
}

function desiredStateNext(operation: OpenPart, input: Indexed): Next | null {
  const hold = input.holds.get(operation.id);
  if (hold !== undefined && hold.reason === 'brake') return held(hold.reason, hold.detail, input);
  return wholeRouterNext(operation, input);
}

function wholeRouterNext(operation: OpenPart, input: Indexed): Next {
  const isAboutPortal = operation.kind === 'portal' || operation.kind === 'reissue';
  if (isAboutPortal && input.decision.awaitsPortal) return { state: 'planned' };
  const { plan, allowed } = input.decision;
  const isListOnly = input.mode === 'assist' && (operation.kind === 'portal' || operation.kind === 'reconcile');
  const steps = (isListOnly ? allowed : plan).stages.length;
  if (input.mode !== 'manage' && !isListOnly && steps > 0)
    return held('router-not-managed', `the router is in mode ${input.mode}`, input);
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
  return { state: input.phase === 'read' ? 'planned' : 'applied' };
}

function adoptNext(operation: OpenPart, input: Indexed): Next {
  const { adoption, refusal, hold, isDone, rows, handBack, takeOver } = input.decision.adoption;
  // The store did not take the step.
  if (adoption?.operation !== operation.id)
    return { state: 'failed', reason: 'router-not-claimed', evidence: { ...input.seen, detail: untaken(adoption) } };
  const counted = { ...input.seen, rows: rows.length, changed: adoption.taken.length };
  switch (adoption.step) {
    case 'claim':
      return input.phase === 'read' ? { state: 'verified', evidence: counted } : { state: 'applied' };
    case 'hand-back': {
      if (!isDone || input.phase !== 'read') return { state: input.phase === 'read' ? 'planned' : 'applied' };
      const withheld = handBack.withheld.map(({ values }) => `${values['list'] ?? ''} ${values['address'] ?? ''}`);
      return { state: 'verified', evidence: counted, result: { withheld, opened: handBack.opened } };
    }
    case 'manage':
      break;
  }
  if (input.mode !== 'manage')
    return refusal === null
      ? held('router-not-managed', `the router is in mode ${input.mode}`, input)
      : held(refusal.reason, refusal.detail, input);
  if (hold !== null) return held(hold.reason, hold.detail, input);
  if (isDone && input.phase === 'read')
    return { state: 'verified', evidence: counted, result: { left: takeOver.left.length } };
  const { isSound, findings } = input.decision.soundness;
  if (input.phase === 'read' && !isSound && findings.some(({ severity }) => severity === 'error'))
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, findings: findings.map(({ code }) => code) },
    };
  return { state: input.phase === 'read' ? 'planned' : 'applied' };
}

function untaken(adoption: AdoptionState | null): string {
  return adoption?.step === 'hand-back' && !adoption.isSettled
    ? 'a hand-back is under way: claim again when it is over, or turn it round by the step manage'
    : 'nobody claimed the router, or it was handed back since';
}

function held(reason: OperationReason, detail: string, input: ProgressInput): Next {
  return { state: 'held', reason, evidence: { ...input.seen, detail } };
}

function subjectId(operation: OpenPart): string {
  return operation.subject.slice(operation.subject.indexOf('/') + 1);
}
