import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import { recordDecision } from './record-decision.ts';
import { recordProbe } from './record-probe.ts';
import { move } from './move.ts';
import type { Observation, PushAnswer, SagaMove, SagaSettings, SagaState } from './state.ts';
import { nextPushAt } from './timing.ts';

/** What an observation makes of the saga: one move, stored as one transaction. Pure. */
export function record(state: SagaState, observation: Observation, settings: SagaSettings, now: number): SagaMove {
  switch (observation.kind) {
    case 'decided':
      return recordDecision(state, observation.decision, settings, now);
    case 'probed':
      return recordProbe(state, observation, settings, now);
    case 'served':
      return recordServed(state, observation.phones, now);
    case 'pushed':
      return recordPush(state, observation.answers, now);
  }
}

/** What is awaited counts from the moment of serving, not from now: a phone may have been faster. */
function recordServed(state: SagaState, phones: Readonly<Record<string, readonly string[]>>, now: number): SagaMove {
  const served = Object.fromEntries(Object.entries(phones).map(([mac, sums]) => [mac, [...sums]]));
  const { enteredAt } = state.progress;
  return move(state, { servedAt: enteredAt, served, nextAt: now }, [
    { what: 'phones-awaited', data: { phones: Object.keys(served) } },
  ]);
}

function recordPush(state: SagaState, answers: readonly PushAnswer[], now: number): SagaMove {
  const evidence = answers.map(({ kind, event, route, contact, status, detail }) => ({
    what: `notify-${kind}`,
    data: { event, route, ...(contact === null ? {} : { contact }), status, ...(detail === null ? {} : { detail }) },
  }));
  const { step, progress } = state;
  const isFirst = step === 'staged' && !progress.isRollingBack;
  const enteredAt = isFirst ? now : progress.enteredAt;
  const pushes = isFirst ? 1 : progress.tries + 1;
  const next: Partial<RotationProgress> = {
    enteredAt,
    pushedAt: now,
    tries: pushes,
    nextAt: nextPushAt(enteredAt, pushes),
  };
  return move(state, next, evidence, isFirst ? { step: 'pushed' } : {});
}
