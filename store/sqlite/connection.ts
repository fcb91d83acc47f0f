import Database from 'better-sqlite3';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isBusy, translateFault } from './faults.ts';
import { isRow, type Row, type Value } from './rows.ts';

/** Another process may hold the write lock so long before a write gives up with `store-busy`. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_PAUSE_MS = 10;
/** Work of one slice of a long write; with its commit it stays under the 20 ms that others may have to wait. */
const SLICE_MS = 8;
const SLICE_ITEMS = 500;

/** One connection to the database: prepared statements by their text, and transactions that wait for their turn. */
export class Connection {
  readonly site: string;
  /** The wall clock, for the few writes that bring no time of their own. */
  readonly now: () => number;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<Value[]>>();

  constructor(db: Database.Database, site: string, now: () => number) {
    this.#db = db;
    this.site = site;
    this.now = now;
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
    return this.#attempt('BEGIN', work);
  }

  /** Runs `work` as one durable transaction; waits, bounded, for a writer of another process. */
  write<Result>(work: () => Result): Promise<Result> {
    return this.#attempt('BEGIN IMMEDIATE', work);
  }

  /** Applies `each` to all items in short transactions of their own, letting others in between. */
  async writeSlices<Item>(items: readonly Item[], each: (item: Item) => void): Promise<void> {
    for (let done = 0; done < items.length;) {
      const from = done;
      done = await this.write(() => {
        const until = performance.now() + SLICE_MS;
        let at = from;
        for (const item of items.slice(from, from + SLICE_ITEMS)) {
          each(item);
          at += 1;
          if (performance.now() >= until) break;
        }
        return at;
      });
      await setImmediate();
    }
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

  async #attempt<Result>(begin: string, work: () => Result): Promise<Result> {
    const giveUpAt = performance.now() + BUSY_LIMIT_MS;
    for (;;) {
      try {
        return this.#transact(begin, work);
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw translateFault(error);
      }
      await setTimeout(BUSY_PAUSE_MS);
    }
  }

  #transact<Result>(begin: string, work: () => Result): Result {
    this.run(begin);
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }
}
