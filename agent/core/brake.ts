import type { Brake } from '../../schemas/config/agent.ts';
import { isAnnounced } from '../../schemas/expected-cuts.ts';
import type { BrakeLimit } from '../../schemas/held-operation.ts';

/** A cut (or a restore implied by mere absence) that has not been let through yet. */
export interface BrakeCandidate {
  readonly subscriber: string;
  readonly operation: string;
  readonly kind: 'cut' | 'implied-restore';
  readonly since: number;
}

/** Those whom a person was shown, or all where the whole of it was shown. */
export type Released = ReadonlySet<string> | 'all';

export const NOBODY_RELEASED: Released = new Set();

export function isReleased(released: Released | undefined, subscriber: string): boolean {
  return released === 'all' || released?.has(subscriber) === true;
}

/** What the brake knows of an operation. */
export interface BrakeOperation {
  /** Whom of it a person let through by name. */
  readonly released: Released;
  /** The number of new cuts its sender announced, or null. */
  readonly expectedCuts: number | null;
  /** The number of new cuts it really asks for, over all routers of the site. */
  readonly cuts: number;
}

/** An operation that is over, or never was one. */
const UNKNOWN_OPERATION: BrakeOperation = { released: NOBODY_RELEASED, expectedCuts: null, cuts: 0 };

/** What was let through before. */
export interface AdmittedBefore {
  /** When each was on this router, ms. */
  readonly own: readonly number[];
  /** How many there were on the site's other routers within the window. */
  readonly others: number;
}

export interface BrakeDecision {
  readonly admitted: readonly BrakeCandidate[];
  /** Those of them that were announced: they take nothing from what the window allows to others. */
  readonly announced: ReadonlySet<BrakeCandidate>;
  readonly held: readonly {
    readonly candidate: BrakeCandidate;
    readonly detail: string;
    readonly limit: BrakeLimit;
  }[];
}

/**
 * Counts new cuts per router and per site in a sliding window, however they arrive (I8). One operation passes whole or
 * waits whole: half of a mistaken batch is still a mistake. Older operations are looked at first. An operation that was
 * released passes as far as it was shown: what comes of it later is judged by itself. The cuts of one pass when they lie
 * within ±10 % of what its sender announced: for them the brake stays open, and so they do not count in its window. The
 * restores that it implies, which nobody announced, are then looked at by themselves.
 */
export function brake(
  candidates: readonly BrakeCandidate[],
  operations: ReadonlyMap<string, BrakeOperation>,
  before: AdmittedBefore,
  scope: { readonly subscribers: number; readonly now: number },
  limits: Brake,
): BrakeDecision {
  const windowStart = scope.now - limits.windowMinutes * 60_000;
  let router = before.own.filter((at) => at > windowStart).length;
  let site = router + before.others;
  const limit = routerLimit(limits, scope.subscribers);
  const admitted: BrakeCandidate[] = [];
  const announced = new Set<BrakeCandidate>();
  const held: BrakeDecision['held'][number][] = [];
  const judge = (group: readonly BrakeCandidate[], isOpen: boolean, operation: BrakeOperation): void => {
    const overRouter = router + group.length > limit;
    const overSite = site + group.length > limits.siteCount;
    if (!isOpen && (overRouter || overSite)) {
      const asked = { asked: group.length, windowMinutes: limits.windowMinutes };
      const reached: BrakeLimit = overRouter
        ? { ...asked, scope: 'router', before: router, allowed: Math.floor(limit) }
        : { ...asked, scope: 'site', before: site, allowed: limits.siteCount };
      const detail = describeLimit(reached, operation);
      for (const candidate of group) held.push({ candidate, detail, limit: reached });
      return;
    }
    for (const candidate of group) admitted.push(candidate);
    router += group.length;
    site += group.length;
  };
  for (const [id, group] of byOperation(candidates)) {
    const operation = operations.get(id) ?? UNKNOWN_OPERATION;
    const isOpen = isAnnounced(operation.cuts, operation.expectedCuts);
    const shown: BrakeCandidate[] = [];
    const rest: BrakeCandidate[] = [];
    for (const candidate of group) {
      if (isReleased(operation.released, candidate.subscriber)) shown.push(candidate);
      else if (isOpen && candidate.kind === 'cut') announced.add(candidate);
      else rest.push(candidate);
    }
    if (shown.length > 0) judge(shown, true, operation);
    if (rest.length > 0) judge(rest, false, operation);
  }
  return { admitted: [...admitted, ...announced], announced, held };
}

/** So many changes are allowed on one router within the window. */
export function routerLimit({ count, floor, percent }: Brake, subscribers: number): number {
  return Math.min(count, Math.max(floor, (percent / 100) * subscribers));
}

/** Where an announcement was made and did not help, why. */
function describeLimit(
  { asked, before, windowMinutes, scope, allowed }: BrakeLimit,
  { expectedCuts, cuts }: Pick<BrakeOperation, 'expectedCuts' | 'cuts'>,
): string {
  return expectedCuts === null || isAnnounced(cuts, expectedCuts)
    ? `${asked} new after ${before} in ${windowMinutes} min on this ${scope}; ${allowed} are allowed`
    : `${asked} new after ${before} in ${windowMinutes} min on this ${scope}; ${allowed} are allowed; declared ${expectedCuts}, are ${cuts} new on the whole site`;
}

function byOperation(candidates: readonly BrakeCandidate[]): readonly (readonly [string, readonly BrakeCandidate[]])[] {
  const groups = new Map<string, BrakeCandidate[]>();
  for (const candidate of [...candidates].sort((a, b) => a.since - b.since)) {
    const group = groups.get(candidate.operation);
    if (group === undefined) groups.set(candidate.operation, [candidate]);
    else group.push(candidate);
  }
  return [...groups];
}
