import type { Connection } from './connection.ts';
import { integer } from './rows.ts';

/** What the triggers of migration 0009 count the changes of. */
export type Revised = 'subscribers' | 'admissions';

/** Grows with every change; 0 where there never was a row. Admissions have one for the whole site: epoch 0, router ''. */
export function revisionOf(connection: Connection, what: Revised, epoch: number, router: string): number {
  const row = connection.get(
    'SELECT revision FROM revisions WHERE what = ? AND epoch = ? AND router = ?',
    what,
    epoch,
    router,
  );
  return row === null ? 0 : integer(row, 'revision');
}

/** A value and the revision it was read at; read again only when that has moved on. */
export class Revisioned<Value> {
  #at: string | null = null;
  #value: Value;

  constructor(empty: Value) {
    this.#value = empty;
  }

  /** `at` names the revision, and whatever else the value depends on. */
  read(at: string, load: () => Value): Value {
    if (this.#at === at) return this.#value;
    this.#value = load();
    this.#at = at;
    return this.#value;
  }
}
