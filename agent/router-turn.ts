import { AppError } from '../schemas/app-error.ts';

/**
 * Who writes rules to one router: a pass, or a self-test of the doctor, one at a time, in the order they came. A pass would
 * take a self-test's rows for orphans, and a self-test would find the rows it stands before gone. Restores take no turn: a
 * subscriber's own rows are kept apart by his lock.
 */
export class RouterTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** Does `work` when those before it have ended, well or not. Rejects with `aborted`, without having begun, when `signal` fires first. */
  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    let leave = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // Who gives up waiting does not let those behind him past those before him.
    this.#last = before.then(() => mine);
    try {
      await endedOrAborted(before, signal);
      if (signal.aborted) throw new AppError('aborted', 'a turn at the router was waited for no longer');
      return await work();
    } finally {
      leave();
    }
  }
}

function endedOrAborted(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    else void before.then(end);
  });
}
