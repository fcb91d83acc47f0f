import { decideAgain, type Decided } from '../../agent/core/decide-again.ts';

type DecideAgain = typeof decideAgain;

/**
 * `decideAgain` that says where a decision given again is not what a fresh one would be. `onKept` is told of each that
 * was given again, with what differs, or null.
 */
export function comparedWithFresh(onKept: (difference: string | null) => void): DecideAgain {
  return (input, last) => {
    const made = decideAgain(input, last);
    if (made === last) onKept(differenceOf(made, decideAgain(input, null)));
    return made;
  };
}

function differenceOf(kept: Decided, fresh: Decided): string | null {
  const [was, is] = [kept, fresh].map(({ decision, verdicts }) => tell({ ...decision, verdicts }));
  return was === is ? null : `a decision was given again that is another by now: ${was ?? ''} instead of ${is ?? ''}`;
}

/** All of it as text, maps and sets too; what asks about foreign rows is made of the same rows as the rest. */
function tell(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one instanceof Map ? { map: [...one] } : one instanceof Set ? { set: [...one] } : one,
  );
}
