import { setImmediate } from 'node:timers/promises';
import { AppError } from '../schemas/app-error.ts';

/**
 * One router at a time: no more than its decision is in memory, and what it tells of its pages is on disk before another
 * router publishes pages that may change whose are shown (I6).
 */
const AT_ONCE = 1;

/**
 * Where the routers of a site take their turns at what costs memory and the event loop: reading thousands of wishes and
 * deciding about them. Hundreds of routers woken by one snapshot would else decide one after the other without letting
 * anybody in between, and a restore or a request would wait for all of them. No turn waits for a router: one that is slow
 * or dead holds nobody up.
 */
export class SiteDesk {
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;
  #lastAlone: Promise<unknown> = Promise.resolve();

  /** Runs `work` when it is its turn. Rejects with `aborted`, without having begun, when the signal fires first. */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      // Whatever else is due comes first.
      await setImmediate();
      if (signal.aborted) throw new AppError('aborted', 'a turn at the desk was waited for no longer');
      return await work();
    } finally {
      this.#leave();
    }
  }

  /**
   * Runs `work` when those before it here have ended, well or not. One router of the site at a time decides what the brake
   * lets through: between its look at what was let through before and its own entry there nobody else may decide, or two
   * routers would both use up what the site has left (I8).
   */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastAlone.then(work);
    this.#lastAlone = turn.catch(() => undefined);
    return turn;
  }

  #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
