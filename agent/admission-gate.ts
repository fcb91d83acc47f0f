/**
 * One router of the site at a time decides what the brake lets through: between its look at what was let through before
 * and its own entry there nobody else may decide, or two routers would both use up what the site has left (I8).
 */
export class AdmissionGate {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when those before it have ended, well or not. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
