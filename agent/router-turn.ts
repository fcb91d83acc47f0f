import { AppError } from '../schemas/app-error.ts';

/**
 * Who writes rules to one router: a pass, or a self-test of the doctor, one at a time, in the order they came. A pass would
 * take a self-test's rows for orphans, and a self-test would find the rows it stands before gone. Restores take no turn: a
 * subscriber's own rows are kept apart by his lock. A restore that is left to a pass cannot wait, though: then a self-test
 * is told to give way.
 */
export class RouterTurn {
  #last: Promise<unknown> = Promise.resolve();
  /** Aborted while a pass is wanted that cannot wait. */
  #hurry = new AbortController();

  /**
   * Makes a pass when those before it have ended, well or not. Rejects with `aborted`, without having begun, when `signal`
   * fires first.
   */
  take<Result>(signal: AbortSignal, pass: () => Promise<Result>): Promise<Result> {
    return this.#queue(signal, () => {
      if (this.#hurry.signal.aborted) this.#hurry = new AbortController();
      return pass();
    });
  }

  /** The same for a self-test; the signal it is given fires when it is in the way of a pass that cannot wait. */
  lend<Result>(signal: AbortSignal, selfTest: (hurry: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.#queue(signal, () => selfTest(this.#hurry.signal));
  }

  /** The next pass cannot wait: self-tests give way until it begins. */
  hurry(): void {
    this.#hurry.abort();
  }

  async #queue<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
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
