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
    const earlier = new Map(known?.entries.map((entry) => [entry.record.id, entry]));
    const entries = load().map((row): Entry => {
      const entry = earlier.get(text(row, 'id'));
      const wishes = text(row, 'wishes');
      if (entry?.wishes === wishes && entry.record.revision === integer(row, 'revision')) return entry;
      return { record: parse(row), wishes: wishes === NO_WISHES ? NO_WISHES : wishes };
    });
    const records = entries.map(({ record }) => record);
    if (records.length === 0) this.#routers.delete(router);
    else this.#routers.set(router, { revision, records, entries });
    return records;
  }
}

/** Those of nearly everybody: one text instead of as many as there are subscribers. */
const NO_WISHES = '{}';

interface Read {
  readonly revision: string;
  readonly records: readonly DesiredSubscriber[];
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly record: DesiredSubscriber;
  readonly wishes: string;
}
