import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../schemas/app-error.ts';
import type { Clock } from '../ports.ts';

/** Node's timers take no more than 2^31 - 1 ms and fire at once beyond it. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** This machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    let leftMs = ms;
    try {
      do {
        await wait(Math.min(leftMs, LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal });
        leftMs -= LONGEST_TIMER_MS;
      } while (leftMs > 0);
    } catch (error) {
      throw new AppError('aborted', 'A wait was stopped by us', { cause: error });
    }
  },
};
