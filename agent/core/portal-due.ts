import type { PortalHost } from './portal-list.ts';

/** A record's TTL is obeyed within these bounds: no storm for a TTL of 0, no day-long sleep either. */
const SHORTEST_WAIT_MS = 30_000;
export const LONGEST_WAIT_MS = 3_600_000;
/** After a question about the portal that nobody answered. */
export const RETRY_WAIT_MS = 15_000;
/** While a new portal waits to be seen good often enough. */
const AWAITING_WAIT_MS = 20_000;

/** When a host is to be asked again, on a monotonic clock, and how often in a row nobody answered. */
export interface HostDue {
  readonly at: number;
  readonly failures: number;
}

/** What a round learned that decides when the next question is due. */
export interface AskedHost extends PortalHost {
  /** The smallest TTL of the answer, s; null for none. */
  readonly ttlSeconds: number | null;
  readonly isAnswered: boolean;
}

/**
 * When each host asked is due again. The portal is asked again soon after a failure; a name of the walled garden that
 * nobody knows is asked ever more seldom, up to once an hour.
 */
export function nextDue(
  asked: readonly AskedHost[],
  before: ReadonlyMap<string, HostDue>,
  isAwaiting: boolean,
  now: number,
): ReadonlyMap<string, HostDue> {
  return new Map(
    asked.map((one) => {
      const failures = one.isAnswered ? 0 : (before.get(one.host)?.failures ?? 0) + 1;
      return [one.host, { at: now + waitMs(one, failures, isAwaiting), failures }];
    }),
  );
}

function waitMs({ use, ttlSeconds }: AskedHost, failures: number, isAwaiting: boolean): number {
  if (failures > 0) {
    const doubling = use === 'portal' ? 1 : 2 ** Math.min(failures - 1, 20);
    return Math.min(LONGEST_WAIT_MS, RETRY_WAIT_MS * doubling);
  }
  if (isAwaiting && use === 'portal') return AWAITING_WAIT_MS;
  const ttlMs = ttlSeconds === null ? LONGEST_WAIT_MS : ttlSeconds * 1000;
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, ttlMs));
}
