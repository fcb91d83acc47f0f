import { isSettled, type Operation } from '../schemas/operation.ts';
import type { ControlStore } from '../store/ports.ts';

/** More requests than this never hang at once; the next is answered as if it had not asked to wait. */
export const MAX_WAITS = 256;

interface Wait {
  readonly id: string;
  /** Moves that do not count, for they were made before. */
  readonly beyond: number;
  readonly finish: (operation: Operation | null) => void;
}

/**
 * Requests that wait for their operation (`Prefer: wait`). All are woken by one journal watch; each wake reads each waiting
 * operation once, and wakes that come while one reads are folded into one more.
 */
export class OperationWaits {
  readonly #store: Pick<ControlStore, 'readOperation'>;
  readonly #waits = new Set<Wait>();
  #isReading = false;
  #isStale = false;
  #isClosed = false;

  constructor(store: Pick<ControlStore, 'readOperation'>) {
    this.#store = store;
  }

  get size(): number {
    return this.#waits.size;
  }

  /**
   * The operation once it is settled by more moves than `beyond`, or as it stands after `seconds`, at shutdown, or when the
   * caller is gone; null when too many wait already.
   */
  async settled(id: string, seconds: number, gone: AbortSignal, beyond = 0): Promise<Operation | null> {
    if (this.#waits.size >= MAX_WAITS || this.#isClosed) return null;
    const found = await new Promise<Operation | null>((resolve) => {
      const timer = setTimeout(() => {
        wait.finish(null);
      }, seconds * 1000);
      const hangUp = (): void => {
        wait.finish(null);
      };
      const wait: Wait = {
        id,
        beyond,
        finish: (operation) => {
          clearTimeout(timer);
          gone.removeEventListener('abort', hangUp);
          this.#waits.delete(wait);
          resolve(operation);
        },
      };
      this.#waits.add(wait);
      gone.addEventListener('abort', hangUp, { once: true });
      // It may have settled between its acceptance and now.
      void this.wake();
    });
    return found ?? (await this.#store.readOperation(id));
  }

  /** Looks at every waiting operation; called after each commit that anybody made. */
  async wake(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        for (const wait of [...this.#waits]) await this.#look(wait);
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Lets every request go with what it has. */
  close(): void {
    this.#isClosed = true;
    for (const wait of [...this.#waits]) wait.finish(null);
  }

  async #look(wait: Wait): Promise<void> {
    try {
      const operation = await this.#store.readOperation(wait.id);
      if (operation !== null && isSettled(operation.state) && operation.history.length > wait.beyond) {
        wait.finish(operation);
      }
    } catch {
      // The store was busy: the next wake, or the end of the wait, reads again and then answers the error.
    }
  }
}
