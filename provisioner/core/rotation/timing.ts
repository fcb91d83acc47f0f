import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import { CONFIRMS_WITHIN_MS, LOCKED_MS, LONGEST_LOCKED_MS } from '../probe-limits.ts';

/** Nothing is served or pushed so soon after the look at the bindings: registrars count `expires` in whole seconds (bindings.ts). */
export const SETTLE_MS = 2_200;
/** A look is of no use after so long: the phone may have renewed its binding with the key it had. */
export const LOOK_FRESH_MS = 10_000;

/** Pushes after the first one, ms after the step was entered. */
const REPUSH_AFTER_MS = [30_000, 90_000, 300_000, 600_000];
export const MAX_PUSHES = 1 + REPUSH_AFTER_MS.length;

const LAST_LOCKED_MS = 960_000;

/** In doubt nothing is asked at once: what just changed at the registrar may not have reached all of it. */
export const DOUBT_MS = 5_000;
/** A registrar may be down for a night. Whoever cancels meanwhile has the evidence soon, and the phone what it has. */
const LONGEST_DOUBT_MS = 86_400_000;
const CANCELLED_DOUBT_MS = 300_000;
/** Nothing is ever waited for longer than the longest lockout, or the hour of the refusals. */
export const LONGEST_WAIT_MS = LONGEST_LOCKED_MS;

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
const FIRST_LOOK_MS = 500;
const LAST_LOOK_MS = 8_000;
const FIRST_PROOF_MS = 2_000;

/** When a registrar that did not answer is asked again: 1 s doubling to a minute. */
export function retryAfterMs(tries: number): number {
  return doubling(FIRST_RETRY_MS, tries, LAST_RETRY_MS);
}

/** When one that was locked out is asked again at the earliest: 1 min doubling to 16. */
export function lockedAfterMs(tries: number): number {
  return doubling(LOCKED_MS, tries, LAST_LOCKED_MS);
}

/** Between two looks for a renewed binding: 0.5, 1, 2, 4, 8, 8 … s. */
export function lookAfterMs(tries: number): number {
  return doubling(FIRST_LOOK_MS, tries, LAST_LOOK_MS);
}

/** Doubt ends so long after it began, whatever is known by then. */
export function doubtMs(isCancelAsked: boolean): number {
  return isCancelAsked ? CANCELLED_DOUBT_MS : LONGEST_DOUBT_MS;
}

/**
 * When a refused key is tried again, with so much time and so many refusals left: soon at first, for most registrars learn a
 * key at once, twice as late each time, and last at the deadline. A try long after the one before costs two refusals.
 */
export function proofAfterMs(leftMs: number, refusals: number): number {
  const after = (tries: number): number => Math.ceil(leftMs / 2 ** (tries - 1));
  const tries = after(refusals) <= CONFIRMS_WITHIN_MS ? refusals : Math.floor(refusals / 2);
  return tries <= 1 ? leftMs : Math.min(leftMs, Math.max(FIRST_PROOF_MS, after(tries)));
}

/** When the next push is due after so many, ms since the epoch. */
export function nextPushAt(enteredAt: number, pushes: number): number {
  return enteredAt + (REPUSH_AFTER_MS[pushes - 1] ?? REPUSH_AFTER_MS.at(-1) ?? 0);
}

export function isRepushDue({ tries, nextAt }: RotationProgress, now: number): boolean {
  return tries < MAX_PUSHES && now >= nextAt;
}

function doubling(first: number, tries: number, last: number): number {
  return Math.min(last, first * 2 ** Math.min(tries, 16));
}
