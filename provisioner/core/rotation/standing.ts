import type { OperationReason, OperationState } from '../../../schemas/operation.ts';
import type { RotationEnd } from '../../../schemas/rotation.ts';
import { hasStarted, isBeforeStaged, type SagaState } from './state.ts';

type Member = Pick<SagaState, 'step' | 'end' | 'progress'> & { readonly number: string };

/** How a rotation's one operation stands. */
export interface Standing {
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  /** How its extensions ended, by number; once all have. */
  readonly ends: Readonly<Record<string, RotationEnd>> | null;
}

const REASONS: readonly (readonly [RotationEnd, OperationReason])[] = [
  ['needs_support', 'needs-support'],
  ['rolled_back', 'rolled-back'],
  ['cancelled', 'cancelled'],
];

/** Of all its extensions: verified when each committed, failed with the gravest end else, held while one waits. */
export function standingOf(members: readonly Member[]): Standing {
  if (members.every(({ end }) => end !== null)) {
    const ends = Object.fromEntries(
      members.flatMap(({ number, end }) => (end === null ? [] : [[number, end] as const])),
    );
    const [, reason] = REASONS.find(([end]) => members.some((member) => member.end === end)) ?? [];
    return reason === undefined ? { state: 'verified', reason: null, ends } : { state: 'failed', reason, ends };
  }
  const hold = members.find(({ end, progress }) => end === null && (progress.hold ?? null) !== null)?.progress.hold;
  if (hold !== undefined && hold !== null) return { state: 'held', reason: hold, ends: null };
  if (members.some(({ step }) => !isBeforeStaged(step))) return { state: 'applied', reason: null, ends: null };
  return { state: members.some(hasStarted) ? 'planned' : 'received', reason: null, ends: null };
}
