/** A refusal as the limits look at it; times are ms since the epoch. */
export interface RefusalSeen {
  readonly keyMark: string;
  readonly at: number;
}

export type Permission = { readonly kind: 'ask' } | { readonly kind: 'spent'; readonly until: number };

const HOUR_MS = 3_600_000;
/** Design §4: a provider locks an extension out after a few wrong keys. */
export const REFUSALS_PER_HOUR = 6;
/** Two refusals of one key make it invalid when they are at least so far apart: one may be a nonce that expired (RFC 2617 §3.2.1). */
export const REFUSALS_APART_MS = 2_000;
/** And at most so far: what a registrar refused long ago it may have learnt since. */
export const CONFIRMS_WITHIN_MS = 60_000;
/** So many extensions refused one after the other, and none accepted: the fault is more likely ours than theirs. */
export const BREAKER_AFTER = 10;
export const BREAKER_MS = 300_000;
/** A lockout without Retry-After, and the least and the most we heed of one: nobody locks a queue for years with a digit too many. */
export const LOCKED_MS = 60_000;
export const LONGEST_LOCKED_MS = HOUR_MS;
/** Who does not pass a NOTIFY on is not asked to again before. */
export const NOTIFY_KEPT_MS = HOUR_MS;
/** Slots missed by so little are caught up with: timers fire late, and the rate is to hold all the same. */
const SLACK_MS = 50;

/** May this key of one extension be tried? Whoever asks by hand, and a rotation, may try a refused key again. */
export function permissionOf(
  refusals: readonly RefusalSeen[],
  keyMark: string,
  isAskedFor: boolean,
  now: number,
): Permission {
  const recent = refusals.filter(({ at }) => at > now - HOUR_MS).sort((one, other) => one.at - other.at);
  const oldest = recent[recent.length - REFUSALS_PER_HOUR];
  if (oldest !== undefined) return { kind: 'spent', until: oldest.at + HOUR_MS };
  const last = recent.filter((refusal) => refusal.keyMark === keyMark).at(-1);
  return last === undefined || isAskedFor ? { kind: 'ask' } : { kind: 'spent', until: last.at + HOUR_MS };
}

/** How many more refusals this hour allows an extension. */
export function refusalsLeft(refusals: readonly RefusalSeen[], now: number): number {
  return Math.max(0, REFUSALS_PER_HOUR - refusals.filter((refusal) => isOfThisHour(refusal, now)).length);
}

/** Does a refusal of this key now confirm an earlier one, so that the key is invalid? */
export function confirms(refusals: readonly RefusalSeen[], keyMark: string, now: number): boolean {
  return refusals.some(
    ({ at, keyMark: mark }) => mark === keyMark && at <= now - REFUSALS_APART_MS && at >= now - CONFIRMS_WITHIN_MS,
  );
}

/** So long a registrar that locked us out is left alone. */
export function lockedMs(retryAfterSeconds: number | null): number {
  return Math.min(LONGEST_LOCKED_MS, Math.max(LOCKED_MS, (retryAfterSeconds ?? 0) * 1000));
}

export function isOfThisHour({ at }: RefusalSeen, now: number): boolean {
  return at > now - HOUR_MS;
}

/**
 * The next slot of a rate (a generic cell rate: slots stand at even distances, one that is a little late is not lost, and a pause saves up nothing). Gives the
 * time of this request and of the following slot, ms on a monotonic clock.
 */
export function slotOf(
  nextSlot: number,
  perSecond: number,
  now: number,
): { readonly at: number; readonly next: number } {
  const at = nextSlot < now - SLACK_MS ? now : nextSlot;
  return { at, next: at + 1000 / perSecond };
}
