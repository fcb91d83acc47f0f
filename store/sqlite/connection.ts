import type Database from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import { translateFault } from './faults.ts';
import { isRow, type Row, type Value } from './rows.ts';
import { WriteQueue } from './write-queue.ts';

/** Work of one slice of a long write; with a group and its commit it stays under the 20 ms that others may have to wait. */
const SLICE_MS = 6;
const SLICE_ITEMS = 500;

/** One connection to the database: prepared statements by their text, and transactions that wait for their turn. */
export class Connection {
  readonly site: string;
  /** The wall clock, for the few writes that bring no time of their own. */
  readonly now: () => number;
  /** Measures how long a slice of work takes. */
  readonly monotonic: () => number;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<Value[]>>();
  readonly #writes: WriteQueue;

  constructor(db: Database.Database, site: string, now: () => number, monotonic: () => number) {
    this.#db = db;
    this.site = site;
    this.now = now;
    this.monotonic = monotonic;
    this.#writes = new WriteQueue(
      { run: (sql) => void this.run(sql), isInTransaction: () => db.inTransaction },
      monotonic,
    );
  }

  get(sql: string, ...values: Value[]): Row | null {
    const row = this.#statement(sql).get(...values);
    return isRow(row) ? row : null;
  }

  all(sql: string, ...values: Value[]): readonly Row[] {
    return this.#statement(sql)
      .all(...values)
      .filter(isRow);
  }

  /** Runs a statement and gives how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#statement(sql).run(...values).changes;
  }

  /** Inserts one row and gives its rowid. */
  insert(sql: string, ...values: Value[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Moves when another connection has committed (https://sqlite.org/pragma.html#pragma_data_version). */
  dataVersion(): number {
    return Number(this.#statement('PRAGMA data_version').pluck().get());
  }

  /** Runs `work` over one consistent view. */
  read<Result>(work: () => Result): Promise<Result> {
    // A promise's executor runs at once, and what it throws rejects: no write can come in between.
    return new Promise((resolve) => {
      try {
        this.run('BEGIN');
        resolve(work());
      } catch (error) {
        throw translateFault(error);
      } finally {
        if (this.#db.inTransaction) this.run('COMMIT');
      }
    });
  }

  /** Runs `work` as a whole or not at all; resolves when it is on disk. Waits, bounded, for other processes. */
  write<Result>(work: () => Result): Promise<Result> {
    return this.#writes.add(work);
  }

  /** Applies `each` to all items in short transactions of their own, letting others in between. */
  async writeSlices<Item>(items: readonly Item[], each: (item: Item) => void): Promise<void> {
    for (let done = 0; done < items.length;) {
      const from = done;
      done = await this.write(() => {
        const until = this.monotonic() + SLICE_MS;
        let at = from;
        for (const item of items.slice(from, from + SLICE_ITEMS)) {
          each(item);
          at += 1;
          if (this.monotonic() >= until) break;
        }
        return at;
      });
      await setImmediate();
    }
  }

  /** Looks at all items in short views, each of its own, letting others in between: what was read first may have changed by the end. */
  async readSlices<Item, Result>(items: readonly Item[], each: (item: Item) => Result): Promise<readonly Result[]> {
    const results: Result[] = [];
    while (results.length < items.length) {
      await this.read(() => {
        const until = this.monotonic() + SLICE_MS;
        for (const item of items.slice(results.length, results.length + SLICE_ITEMS)) {
          results.push(each(item));
          if (this.monotonic() >= until) break;
        }
      });
      await setImmediate();
    }
    return results;
  }

  /** Repeats `step` in transactions of their own until it says that nothing is left. */
  async writeWhile(step: () => boolean): Promise<void> {
    while (await this.write(step)) await setImmediate();
  }

  close(): void {
    this.#db.close();
  }

  #statement(sql: string): Database.Statement<Value[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare<Value[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
