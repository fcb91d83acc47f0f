import type { DriftCount, DriftNews } from '../ports.ts';
import type { Connection } from './connection.ts';
import { appendJournal } from './journal.ts';
import { integer, text } from './rows.ts';

/** Adds to what was found and repaired on a router since it was first looked at, and tells the journal what is given. */
export function recordDrift(connection: Connection, router: string, { counts, events }: DriftNews): void {
  for (const { kind, found, repaired } of counts) {
    connection.run(
      `INSERT INTO drift (router, kind, found, repaired) VALUES (?, ?, ?, ?)
       ON CONFLICT (router, kind) DO UPDATE SET found = found + excluded.found, repaired = repaired + excluded.repaired`,
      router,
      kind,
      found,
      repaired,
    );
  }
  for (const event of events) appendJournal(connection, event);
}

export function driftCounts(connection: Connection): readonly (DriftCount & { readonly router: string })[] {
  return connection.all('SELECT router, kind, found, repaired FROM drift ORDER BY router, kind').map((row) => ({
    router: text(row, 'router'),
    kind: text(row, 'kind'),
    found: integer(row, 'found'),
    repaired: integer(row, 'repaired'),
  }));
}
