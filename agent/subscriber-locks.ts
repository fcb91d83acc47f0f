/**
 * Keeps bulk work and the restore lane off the same subscriber. Bulk holds a subscriber only while a sequence of it runs;
 * the restore lane takes it over: bulk leaves out the rest of the sequence (and any later one), the lane waits for the
 * command in flight and then has it alone.
 */
export class SubscriberLocks {
  readonly #bulk = new Map<string, Promise<void>>();
  readonly #taken = new Set<string>();
  /** Taken by a lane that is still at work, and by how many. */
  readonly #busy = new Map<string, number>();

  /** Runs bulk work on a subscriber; `isTaken` turns true when the restore lane wants it. Does nothing if it is taken. */
  async withBulk(subscriber: string, work: (isTaken: () => boolean) => Promise<void>): Promise<void> {
    if (this.#taken.has(subscriber)) return;
    const running = work(() => this.#taken.has(subscriber));
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#bulk.set(subscriber, settled);
    try {
      await running;
    } finally {
      if (this.#bulk.get(subscriber) === settled) this.#bulk.delete(subscriber);
    }
  }

  /** Takes the subscriber over and works on it once bulk has let go; it stays taken until a pass begins after that. */
  async withLane<Result>(subscriber: string, work: () => Promise<Result>): Promise<Result> {
    this.#taken.add(subscriber);
    this.#busy.set(subscriber, (this.#busy.get(subscriber) ?? 0) + 1);
    try {
      await this.#bulk.get(subscriber);
      return await work();
    } finally {
      const left = (this.#busy.get(subscriber) ?? 1) - 1;
      if (left === 0) this.#busy.delete(subscriber);
      else this.#busy.set(subscriber, left);
    }
  }

  isTaken(subscriber: string): boolean {
    return this.#taken.has(subscriber);
  }

  /**
   * At the start of a pass: the plan to come is made from a read that already holds what the lane did. Whom it still works
   * on stays its own for this pass: half of what it does may be in the read.
   */
  releaseAll(): void {
    for (const subscriber of this.#taken) if (!this.#busy.has(subscriber)) this.#taken.delete(subscriber);
  }
}
