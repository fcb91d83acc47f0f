import type { PendingWork } from '../../schemas/router.ts';
import { PROVISIONER } from '../terms.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, text } from './rows.ts';

/** What each router has yet to bring to an end, by the operations as they are now. */
export function pendingWork(connection: Connection): ReadonlyMap<string, PendingWork> {
  const rows = connection.all(
    `SELECT p.router, sum(p.state <> 'held') AS number,
       min(CASE WHEN p.state <> 'held' THEN o.accepted_at END) AS oldest,
       min(CASE WHEN o.kind = 'restore' THEN o.accepted_at END) AS restore
     FROM parts p JOIN operations o ON o.id = p.operation WHERE p.open = 1 AND p.router <> ? GROUP BY p.router`,
    PROVISIONER,
  );
  return new Map(
    rows.map((row) => [
      text(row, 'router'),
      {
        count: integer(row, 'number'),
        oldestAt: instant(integerOrNull(row, 'oldest')),
        oldestRestoreAt: instant(integerOrNull(row, 'restore')),
      },
    ]),
  );
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
