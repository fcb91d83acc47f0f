import type { DesiredSubscriber } from '../ports.ts';
import { integer, text, type Row } from './rows.ts';

/**
 * Subscribers as read last, by router. At the same revision nothing is read at all, and the whole is the same array; else
 * a document of the same revision and wishes is the same record (the same wish may become another operation's, which makes
 * no revision): a pass over thousands of subscribers parses only what changed.
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
    const earlier = new Map(known?.records.map((record, at) => [record.id, at]));
    const rows = load();
    const wishes = rows.map((row) => (text(row, 'wishes') === NO_WISHES ? NO_WISHES : text(row, 'wishes')));
    const records = rows.map((row, at) => {
      const before = earlier.get(text(row, 'id')) ?? -1;
      const record = known?.wishes[before] === wishes[at] ? known?.records[before] : undefined;
      return record?.revision === integer(row, 'revision') ? record : parse(row);
    });
    if (records.length === 0) this.#routers.delete(router);
    else this.#routers.set(router, { revision, records, wishes });
    return records;
  }
}

/** Those of nearly everybody: one text instead of as many as there are subscribers. */
const NO_WISHES = '{}';

interface Read {
  readonly revision: string;
  readonly records: readonly DesiredSubscriber[];
  /** The text of each one's wishes, as stored. */
  readonly wishes: readonly string[];
}
