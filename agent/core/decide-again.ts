import { decide } from './decide.ts';
import type { Decision, DecisionInput } from './decision.ts';
import type { ObservedRouter } from './observed.ts';
import { isSame } from './same.ts';
import { verdicts, type Verdict } from './verdict.ts';

/** A decision with all that it was made of, and what it means for each subscriber. */
export interface Decided {
  readonly input: DecisionInput;
  readonly decision: Decision;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/**
 * Decides, or gives the last decision again (the same object) where it must come out the same: everything that `decide`
 * looks at says the same, and no time has come that changes anything. A pass over thousands of subscribers that finds
 * nothing new then costs the comparison only.
 */
export function decideAgain(input: DecisionInput, last: Decided | null): Decided {
  if (last !== null && isTimeless(last, input.now) && isSameBy(COMPARED, last.input, input)) return last;
  const decision = decide(input);
  const departed = input.departures.map(({ subscriber }) => subscriber);
  // They are many on a large site, and are not looked at again.
  return {
    input: { ...input, admissions: [] },
    decision,
    verdicts: verdicts(input.wishes, departed, decision, input.observed),
  };
}

/**
 * Time alone changes a decision at `nextChange`, and where the brake had something to judge, whose window slides. A clock
 * that was set back makes it a new one.
 */
function isTimeless({ input, decision }: Decided, now: number): boolean {
  const { nextChange } = decision.live;
  const isBraking = decision.newlyAdmitted.length > 0 || decision.holds.some(({ reason }) => reason === 'brake');
  return !isBraking && now >= input.now && (nextChange === null || now < nextChange);
}

/** Compares what of an input or a reading can be looked at, and nothing that a caller's object holds besides. */
type Comparing<Shape> = { readonly [Field in keyof Shape]-?: (a: Shape[Field], b: Shape[Field]) => boolean };

const SEEN: Comparing<ObservedRouter> = {
  version: isSame,
  dialect: isSame,
  deviceMode: isSame,
  missing: isSame,
  ownAddresses: isSame,
  hasDnsLists: isSame,
  tables: isSame,
};

/** Every field, or it does not compile. The cheap ones and those likely to differ come first. */
const COMPARED: Comparing<Omit<DecisionInput, 'now'>> = {
  limits: isSame,
  settings: isSame,
  listener: isSame,
  portal: isSame,
  operations: isSame,
  departures: isSame,
  claims: isSame,
  central: isSame,
  adoption: isSame,
  around: isSame,
  portalAddresses: isSame,
  portalLead: isSame,
  forwardRefusal: isSame,
  strangeSources: isSame,
  wishes: isSame,
  admitted: isSame,
  // Only the brake looks at them, and a decision for which it was asked is never given again.
  admissions: () => true,
  begun: isSame,
  dropped: isSame,
  observed: (a, b) => isSameBy(SEEN, a, b),
};

function isSameBy<Shape>(comparing: Comparing<Shape>, a: Shape, b: Shape): boolean {
  for (const field in comparing) if (!comparing[field](a[field], b[field])) return false;
  return true;
}
