import type { DesiredSubscriber } from '../ports.ts';
import { text, type Row } from './rows.ts';

/**
 * Subscribers as read last, by router. A row whose columns read the same is the same record: a pass over thousands of
 * subscribers parses only what changed. Holds at most what the last read of each router held.
 */
export class RecordCache {
  readonly #routers = new Map<string, ReadonlyMap<string, Cached>>();

  /** The records of a router's rows; `parse` is asked for those that are new or changed. */
  records(router: string, rows: readonly Row[], parse: (row: Row) => DesiredSubscriber): readonly DesiredSubscriber[] {
    const known = this.#routers.get(router);
    const now = new Map<string, Cached>();
    for (const row of rows) {
      const id = text(row, 'id');
      const cached = known?.get(id);
      now.set(id, cached !== undefined && isSameRow(cached.row, row) ? cached : { row, record: parse(row) });
    }
    if (now.size === 0) this.#routers.delete(router);
    else this.#routers.set(router, now);
    return [...now.values()].map(({ record }) => record);
  }
}

interface Cached {
  readonly row: Row;
  readonly record: DesiredSubscriber;
}

function isSameRow(a: Row, b: Row): boolean {
  return Object.entries(b).every(([column, value]) => a[column] === value);
}
