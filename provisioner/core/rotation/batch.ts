import type { Batch, RotationEnd } from '../../../schemas/rotation.ts';
import { hasStarted, type SagaState } from './state.ts';

type Member = Pick<SagaState, 'step' | 'end' | 'progress'> & { readonly number: string };

export interface Admitted {
  /** Whose sagas may go on now, in the rotation's order. */
  readonly numbers: readonly string[];
  /** One ended other than committed: those that have not begun end without having begun. */
  readonly isStopped: boolean;
}

/** The canary goes alone; when it has committed the rest follows, `wave` at a time; the first anomaly stops the rest. */
export function admitted(members: readonly Member[], { canary, wave }: Batch): Admitted {
  const isStopped = members.some(({ end }) => end !== null && !isGood(end));
  const open = members.filter(({ end }) => end === null);
  if (isStopped) return { numbers: open.map(({ number }) => number), isStopped };
  const isCanaryDone = members.slice(0, canary).every(({ end }) => end !== null);
  const first = members.slice(0, canary).filter(({ end }) => end === null);
  if (!isCanaryDone) return { numbers: first.map(({ number }) => number), isStopped };
  const begun = open.filter(hasStarted);
  const waiting = open.filter((member) => !hasStarted(member));
  const room = Math.max(0, wave - begun.length);
  return { numbers: [...begun, ...waiting.slice(0, room)].map(({ number }) => number), isStopped };
}

function isGood(end: RotationEnd): boolean {
  return end === 'committed';
}
