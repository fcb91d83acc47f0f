/**
 * Keeps bulk work and the restore lane off the same subscriber. Bulk holds a subscriber only while a sequence of it runs;
 * the restore lane takes it over: bulk leaves out the rest of the sequence (and any later one), the lane waits for the
 * command in flight and then has it alone.
 */
export class SubscriberLocks {
  readonly #bulk = new Map<string, Promise<void>>();
  readonly #taken = new Set<string>();

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

  /** Takes the subscriber over until `release`; resolves when bulk has let go of it. */
  async take(subscriber: string): Promise<void> {
    this.#taken.add(subscriber);
    await this.#bulk.get(subscriber);
  }

  isTaken(subscriber: string): boolean {
    return this.#taken.has(subscriber);
  }

  /** At the start of a pass: the plan to come is made from a read that already holds what the lane did. */
  releaseAll(): void {
    this.#taken.clear();
  }
}
