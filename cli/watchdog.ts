import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../schemas/app-error.ts';

/** What the watchdog asks: a daemon that does its work, not only one that is there. */
export interface Watched {
  readonly name: string;
  /** True when its store answers and its work advances. May reject, or never answer: both count as false. */
  isHealthy(): Promise<boolean>;
}

export interface WatchdogOptions {
  /** So long after the last sign of life we are ended and started anew, ms. */
  readonly periodMs: number;
  readonly watched: readonly Watched[];
  /** A monotonic clock, ms. */
  readonly now: () => number;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** All is well: to be passed on as a sign of life. `isNews`: it was not before. */
  readonly onWell: (isNews: boolean) => Promise<void>;
  /** Told once with the names of those that are not, until that changes. */
  readonly onUnwell: (sick: readonly string[]) => Promise<void>;
}

/** What stands for the event loop among the names of the daemons. */
const EVENT_LOOP = 'event loop';

/**
 * Looks twice a period whether the event loop turns and every daemon is healthy; only then there is a sign of life. A
 * daemon has a quarter of the period to answer, and a look that comes later than that counts as missed: the loop was
 * blocked. Gives the function that ends it.
 */
export function startWatchdog(options: WatchdogOptions): () => void {
  const { periodMs, now, log } = options;
  const everyMs = periodMs / 2;
  const patienceMs = periodMs / 4;
  const state = { dueAt: now() + everyMs, isBusy: false, isLate: false, told: '' };
  const look = async (): Promise<void> => {
    const lateMs = now() - state.dueAt;
    state.dueAt = now() + everyMs;
    state.isLate ||= lateMs > patienceMs;
    // The one before still waits for its notice to be taken; that this one was late is not forgotten.
    if (state.isBusy) return;
    state.isBusy = true;
    try {
      const { isLate } = state;
      state.isLate = false;
      const sick = isLate ? [EVENT_LOOP] : await sickOf(options.watched, patienceMs, log);
      const told = state.told;
      state.told = sick.join(', ');
      if (sick.length === 0) {
        if (told !== '') log.info({}, 'well again');
        await options.onWell(told !== '');
      } else if (state.told !== told) {
        log.error({ sick, lateMs: Math.round(lateMs) }, 'not well: no sign of life for systemd');
        await options.onUnwell(sick);
      }
    } finally {
      state.isBusy = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

async function sickOf(
  watched: readonly Watched[],
  patienceMs: number,
  log: WatchdogOptions['log'],
): Promise<readonly string[]> {
  const answers = await Promise.all(
    watched.map(async (daemon) => ((await isWell(daemon, patienceMs, log)) ? [] : [daemon.name])),
  );
  return answers.flat();
}

async function isWell(daemon: Watched, patienceMs: number, log: WatchdogOptions['log']): Promise<boolean> {
  const late = new AbortController();
  try {
    return await Promise.race([daemon.isHealthy(), setTimeout(patienceMs, false, { signal: late.signal })]);
  } catch (error) {
    log.error({ daemon: daemon.name, error: describeError(error) }, 'health not known');
    return false;
  } finally {
    late.abort();
  }
}
