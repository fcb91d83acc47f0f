import type { DesiredSubscriber } from '../ports.ts';
import { text, type Row } from './rows.ts';

/**
 * Subscribers as read last, by router. At the same revision nothing is read at all, and the whole is the same array; else
 * a row whose columns read the same is the same record: a pass over thousands of subscribers parses only what changed.
 * Holds at most what the last read of each router held.
 */
export class RecordCache {
  readonly #routers = new Map<string, Read>();

  /**
   * The records of a router at a revision. `load` gives the rows, where the revision is not the one of the last read;
   * `parse` is asked for those that are new or changed.
   */
  records(
    router: string,
    revision: string,
    load: () => readonly Row[],
    parse: (row: Row) => DesiredSubscriber,
  ): readonly DesiredSubscriber[] {
    const known = this.#routers.get(router);
    if (known?.revision === revision) return known.records;
    const rows = new Map<string, Cached>();
    for (const row of load()) {
      const id = text(row, 'id');
      const cached = known?.rows.get(id);
      rows.set(id, cached !== undefined && isSameRow(cached.row, row) ? cached : { row, record: parse(row) });
    }
    const records = [...rows.values()].map(({ record }) => record);
    if (rows.size === 0) this.#routers.delete(router);
    else this.#routers.set(router, { revision, rows, records });
    return records;
  }
}

interface Read {
  readonly revision: string;
  readonly rows: ReadonlyMap<string, Cached>;
  readonly records: readonly DesiredSubscriber[];
}

interface Cached {
  readonly row: Row;
  readonly record: DesiredSubscriber;
}

function isSameRow(a: Row, b: Row): boolean {
  return Object.entries(b).every(([column, value]) => a[column] === value);
}
