import { NOBODY_RELEASED, type BrakeOperation } from './brake.ts';
import { decide } from './decide.ts';
import type { Decided } from './decided.ts';
import type { Decision, DecisionInput } from './decision.ts';

/** Reasons that somebody can end: a release, a claim, or a word of the central platform. */
const LIFTED: ReadonlySet<string> = new Set(['brake', 'central-stale']);

/**
 * The same question with everything let through that waits for somebody: held operations released, the foreign rows of
 * these subscribers claimed, the central platform in touch. What is decided of it is what a release would write. Null
 * where nothing waits for anybody.
 */
function asIfLetThrough(
  input: DecisionInput,
  { holds }: Decision,
  foreignHeld: readonly string[],
): DecisionInput | null {
  const waiting = holds.filter(({ reason }) => LIFTED.has(reason));
  if (waiting.length === 0 && foreignHeld.length === 0) return null;
  const operations = new Map<string, BrakeOperation>(input.operations);
  for (const { operation } of waiting) {
    const known = operations.get(operation) ?? { released: NOBODY_RELEASED, expectedCuts: null, cuts: 0 };
    operations.set(operation, { ...known, released: 'all' });
  }
  return {
    ...input,
    operations,
    claims: new Set([...input.claims, ...foreignHeld]),
    central: { state: 'in-touch', heardAt: null },
  };
}

/** What would be decided if all that waits for somebody were let through; null where nothing does. */
export function decideAsIfLetThrough({ input, decision, verdicts }: Decided): Decision | null {
  const foreignHeld = [...verdicts].filter(([, { foreignRow }]) => foreignRow !== null).map(([id]) => id);
  const asIf = asIfLetThrough(input, decision, foreignHeld);
  return asIf === null ? null : decide(asIf);
}
