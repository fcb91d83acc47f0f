import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import type { SagaMove, SagaState } from './state.ts';

/** One move: what changes of the memory, the evidence, and what else is not as it was. */
export function move(
  { step, progress }: SagaState,
  next: Partial<RotationProgress>,
  evidence: SagaMove['evidence'],
  rest: Partial<Omit<SagaMove, 'progress' | 'evidence'>> = {},
): SagaMove {
  return {
    step,
    end: null,
    serve: null,
    dropNewKey: false,
    keepOldKey: false,
    ...rest,
    progress: { ...progress, ...next },
    evidence,
  };
}

/** Into a step: its own deadlines and tries begin. */
export function entering(now: number): Partial<RotationProgress> {
  return { enteredAt: now, tries: 0, nextAt: now, hold: null };
}
