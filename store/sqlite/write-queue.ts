import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { isBusy, translateFault } from './faults.ts';

/** Another process may hold the write lock so long before writes give up with `store-busy`. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_PAUSE_MS = 10;
/** Writes that wait together are committed together, for so long: one flush to disk for all of them. */
const GROUP_MS = 6;

/** What the queue needs of a connection. */
export interface Transactions {
  run(sql: string): void;
  isInTransaction(): boolean;
}

interface Waiting {
  /** Does the work; the function it gives acknowledges it. */
  readonly work: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes in the order they came. Each is whole or undone by itself (a savepoint), and is acknowledged only after the
 * commit that it shares with those that waited beside it.
 */
export class WriteQueue {
  readonly #transactions: Transactions;
  readonly #monotonic: () => number;
  readonly #waiting: Waiting[] = [];
  #isFlushing = false;

  constructor(transactions: Transactions, monotonic: () => number = () => performance.now()) {
    this.#transactions = transactions;
    this.#monotonic = monotonic;
  }

  add<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const acknowledged = (): (() => void) => {
        const result = work();
        return () => {
          resolve(result);
        };
      };
      this.#waiting.push({ work: acknowledged, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      // After this turn of the event loop: requests that arrive together share a commit.
      setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const giveUp = { at: this.#monotonic() + BUSY_LIMIT_MS };
    while (this.#waiting.length > 0) {
      try {
        // Nothing may be awaited from here to the commit: a read of this connection would fall into the transaction.
        this.#transactions.run('BEGIN IMMEDIATE');
        this.#commitGroup();
        giveUp.at = this.#monotonic() + BUSY_LIMIT_MS;
        // However many wait: reads, timers and sockets have their turn between two groups.
        if (this.#waiting.length > 0) await nextTurn();
      } catch (error) {
        if (isBusy(error) && this.#monotonic() < giveUp.at) await setTimeout(BUSY_PAUSE_MS);
        else for (const { reject } of this.#waiting.splice(0)) reject(translateFault(error));
      }
    }
    this.#isFlushing = false;
  }

  #commitGroup(): void {
    const until = this.#monotonic() + GROUP_MS;
    const done: { readonly acknowledge: () => void; readonly reject: Waiting['reject'] }[] = [];
    try {
      do {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        const acknowledge = this.#attempt(next);
        if (acknowledge !== null) done.push({ acknowledge, reject: next.reject });
      } while (this.#monotonic() < until);
      this.#transactions.run('COMMIT');
    } catch (error) {
      if (this.#transactions.isInTransaction()) this.#transactions.run('ROLLBACK');
      for (const { reject } of done) reject(translateFault(error));
      return;
    }
    for (const { acknowledge } of done) acknowledge();
  }

  /** One write in its savepoint; null when it failed alone. Throws when SQLite gave up the whole transaction. */
  #attempt({ work, reject }: Waiting): (() => void) | null {
    this.#transactions.run('SAVEPOINT one');
    try {
      const acknowledge = work();
      this.#transactions.run('RELEASE one');
      return acknowledge;
    } catch (error) {
      reject(translateFault(error));
      if (!this.#transactions.isInTransaction()) throw error;
      this.#transactions.run('ROLLBACK TO one');
      this.#transactions.run('RELEASE one');
      return null;
    }
  }
}
