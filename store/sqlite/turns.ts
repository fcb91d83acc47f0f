/** Works one after the other, in the order in which they were asked for; one that fails holds nobody up. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** Under way or waiting. */
  #count = 0;

  get isIdle(): boolean {
    return this.#count === 0;
  }

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    const turn = this.#last.then(work, work).finally(() => {
      this.#count -= 1;
    });
    this.#last = turn.catch(() => null);
    return turn;
  }
}
