import { decide } from './decide.ts';
import type { Decision, DecisionInput } from './decision.ts';
import { verdicts, type Verdict } from './verdict.ts';

/** A decision with all that it was made of, and what it means for each subscriber. */
export interface Decided {
  readonly input: DecisionInput;
  readonly decision: Decision;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** Decides, and judges each subscriber by it. */
export function decided(input: DecisionInput): Decided {
  const decision = decide(input);
  const departed = input.departures.map(({ subscriber }) => subscriber);
  return { input, decision, verdicts: verdicts(input.wishes, departed, decision, input.observed) };
}
