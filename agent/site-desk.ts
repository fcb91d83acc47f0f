import { setImmediate } from 'node:timers/promises';
import { AppError } from '../schemas/app-error.ts';

/**
 * Where the routers of a site take their turns, one at a time, at reading wishes, deciding about them and telling of it.
 * What the brake lets through is on disk before another router asks what is left of it (I8), and what is told of a page
 * before another publishes pages that may change whose are shown (I6); no more than one decision is in memory. Hundreds of
 * routers woken by one snapshot would else go on without letting anybody in between, and a restore or a request would wait
 * for all of them. No turn waits for a router: one that is slow or dead holds nobody up.
 */
export class SiteDesk {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` when the turns before it have ended, well or not. Rejects with `aborted`, without having begun, when the
   * signal has fired by then.
   */
  run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(async () => {
      // Whatever else is due comes first.
      await setImmediate();
      if (signal.aborted) throw new AppError('aborted', 'a turn at the desk was waited for no longer');
      return work();
    });
    // How it ended is for its own caller to hear.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
