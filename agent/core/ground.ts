import type { Decision, DecisionInput } from './decision.ts';
import type { ObservedRouter } from './observed.ts';
import { isSame } from './same.ts';

/** All that a decision looks at but the wishes: these are the same as long as the store gives the same records. */
export type Ground = Omit<DecisionInput, 'wishes'>;

/** For how long a decision comes out the same while nothing it looks at says something else: from, and before, ms. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * Time alone changes a decision at `nextChange`; and one for which the brake had something to judge, whose window slides,
 * stands for no time at all.
 */
export function spanOf(decision: Pick<Decision, 'live' | 'newlyAdmitted' | 'holds'>, now: number): Span {
  const isBraking = decision.newlyAdmitted.length > 0 || decision.holds.some(({ reason }) => reason === 'brake');
  return { from: now, until: isBraking ? now : (decision.live.nextChange ?? Number.POSITIVE_INFINITY) };
}

/** False too where the clock was set back: nothing is known of that time. */
export function isWithin({ from, until }: Span, now: number): boolean {
  return from <= now && now < until;
}

/**
 * True where two grounds say the same, so that the same wishes are decided alike on both. A pass over thousands of
 * subscribers that finds nothing new then costs the comparison only.
 */
export function isSameGround(a: Ground, b: Ground): boolean {
  return isSameBy(COMPARED, a, b);
}

/** Compares what of a ground or a reading can be looked at, and nothing that a caller's object holds besides. */
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
const COMPARED: Comparing<Omit<Ground, 'now'>> = {
  limits: isSame,
  settings: isSame,
  listener: isSame,
  portal: isSame,
  operations: isSame,
  releases: isSame,
  departures: isSame,
  claims: isSame,
  restored: isSame,
  central: isSame,
  adoption: isSame,
  around: isSame,
  portalAddresses: isSame,
  portalLead: isSame,
  forwardRefusal: isSame,
  phoneDhcpRefusal: isSame,
  refusedWrites: isSame,
  strangeSources: isSame,
  admitted: isSame,
  // Only the brake looks at it, and a decision for which it was asked stands for no time.
  admittedBefore: () => true,
  begun: isSame,
  dropped: isSame,
  observed: (a, b) => isSameBy(SEEN, a, b),
};

function isSameBy<Shape>(comparing: Comparing<Shape>, a: Shape, b: Shape): boolean {
  for (const field in comparing) if (!comparing[field](a[field], b[field])) return false;
  return true;
}
