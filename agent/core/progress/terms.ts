import type { Evidence, OperationKind, OperationReason, OperationState } from '../../../schemas/operation.ts';
import type { RouterMode } from '../../../schemas/router.ts';
import type { Decision } from '../decision.ts';
import type { Hold, Wish } from '../desired/live.ts';
import type { Verdict } from '../verdict.ts';

/** An operation's part on this router, as the store holds it. */
export interface OpenPart {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subject: string;
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  readonly seq: number;
  /** ms; a generation stamps it on every subscriber that it changes. */
  readonly acceptedAt: number;
  /** A snapshot's stands for what earlier operations asked for too: `beside` what it changed here, or `alone`. */
  readonly follows: 'nothing' | 'beside' | 'alone';
  /** Except for what was instructed by name after it was taken: `SUBSCRIBER/FACET`. */
  readonly overruled: readonly string[];
  /** The operations under which the cuts are held that it waits for, as it was last told. */
  readonly heldUnder: readonly string[];
}

/** Where a part now stands. */
export interface PartProgress {
  readonly id: string;
  readonly state: OperationState;
  readonly reason?: OperationReason;
  readonly evidence?: Evidence;
  readonly result?: Evidence;
  /** All that it changed itself stands: it waits for what earlier operations asked for alone. */
  readonly follows?: 'alone';
  /** The operations under which the cuts are held that it waits for; left out where all are its own. */
  readonly heldUnder?: readonly string[];
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

/** The decision by who it is about, so that ten thousand operations cost ten thousand looks. */
export interface Indexed extends ProgressInput {
  readonly expired: ReadonlySet<string>;
  readonly subscribers: ReadonlyMap<string, Decision['subscribers'][number]>;
  /** When each open operation was accepted, by the journal: clocks go back. */
  readonly acceptedSeqs: ReadonlyMap<string, number>;
  /** By `wishKey`. */
  readonly holds: ReadonlyMap<string, Hold>;
  /** Whom rows that go now open, whatever the mode of the router, or whose they are. */
  readonly opening: ReadonlySet<string>;
}

/** Where a part goes on to. */
export type Next = Omit<PartProgress, 'id'>;

export function held(reason: OperationReason, detail: string, input: ProgressInput): Next {
  return { state: 'held', reason, evidence: { ...input.seen, detail } };
}
