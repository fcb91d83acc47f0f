import type { Clock, RouterSession } from '../ports.ts';
import type { RouterTurn } from '../router-turn.ts';

/** So long a self-test may hold up the passes in all; on a router that is not overloaded it takes a second. */
const TURN_MS = 10_000;
/** The part of it that is kept for taking its rows off; two commands' time is enough where that is less. */
const TAKE_OFF_MS = 4000;
/** The same where a pass cannot wait: that pass takes off what stays, and a restore that it carries is due in two seconds. */
const GIVE_WAY_MS = 1000;

export interface SelfTestTurnDeps {
  readonly session: RouterSession;
  readonly turn: RouterTurn;
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  /** Fires when the doctor's time is up, or when we are told to stop. */
  readonly signal: AbortSignal;
}

/**
 * Does `work` on a turn of its own. The signal that `work` is given fires with ours, when the session has ended, when a
 * pass cannot wait, or when the time for asking is up; then it has time to take its rows off, and after that the session is
 * closed: nothing that is still asked on it holds up the turn any longer.
 */
export async function onSelfTestTurn<Result>(
  deps: SelfTestTurnDeps,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { session, turn, signal } = deps;
  return turn.lend(signal, async (hurry) => {
    const over = new AbortController();
    const timeUp = new AbortController();
    const lost = new AbortController();
    void session.closed.then(() => {
      lost.abort();
    });
    const early = AbortSignal.any([signal, hurry, lost.signal]);
    const guarded = guard(deps, { early, hurry, over: over.signal, timeUp });
    try {
      return await work(AbortSignal.any([early, timeUp.signal]));
    } finally {
      over.abort();
      await guarded;
    }
  });
}

interface Signals {
  readonly early: AbortSignal;
  readonly hurry: AbortSignal;
  /** Fires when the work has ended. */
  readonly over: AbortSignal;
  readonly timeUp: AbortController;
}

async function guard(
  { session, clock, commandTimeoutMs }: SelfTestTurnDeps,
  { early, hurry, over, timeUp }: Signals,
): Promise<void> {
  const isOver = (): boolean => over.aborted;
  await rest(clock, TURN_MS - TAKE_OFF_MS, [early, over]);
  if (isOver()) return;
  timeUp.abort();
  await rest(clock, Math.min(TAKE_OFF_MS, 2 * commandTimeoutMs), [hurry, over]);
  if (hurry.aborted) await rest(clock, GIVE_WAY_MS, [over]);
  if (!isOver()) await session.close();
}

/** Resolves after `ms`, or when one of the signals fires. */
async function rest(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  const end = AbortSignal.any([...signals]);
  try {
    await clock.sleep(ms, end);
  } catch (error) {
    if (!end.aborted) throw error;
  }
}
