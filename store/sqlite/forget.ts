import type { Connection } from './connection.ts';
import { readWishes } from './documents.ts';
import { flag, integer, text, type Row, type Value } from './rows.ts';

const PAGE_ROWS = 500;

const WITHOUT_OWNER = `NOT EXISTS (SELECT 1 FROM subscribers s
    WHERE s.epoch = (SELECT epoch FROM state) AND s.id = kept.subscriber AND s.router = kept.router)
  AND NOT EXISTS (SELECT 1 FROM departures d WHERE d.router = kept.router AND d.subscriber = kept.subscriber)`;

/**
 * Forgets operations that ended before `before`. Those that a living wish, the portal or a generation names stay: the
 * same instruction again is answered with them, and they are what a GET points to.
 */
export async function forgetOperations(connection: Connection, before: number): Promise<void> {
  const named = await namedOperations(connection);
  const endedBefore = new Date(before).toISOString();
  await forEachPage(
    connection,
    `SELECT id, accepted_at, json_extract(history, '$[#-1].at') < ? AS old FROM operations
     WHERE open = 0 AND accepted_at < ? AND (accepted_at, id) > (?, ?) ORDER BY accepted_at, id LIMIT ${PAGE_ROWS}`,
    (last) => [endedBefore, before, last === null ? -1 : integer(last, 'accepted_at'), idOf(last, 'id')],
    (row) => flag(row, 'old') && !named.has(text(row, 'id')),
    (row) => {
      connection.run('DELETE FROM operations WHERE id = ? AND open = 0', text(row, 'id'));
    },
  );
}

/**
 * Forgets admissions from before `before` whose cut is wished no longer and whose departure is over. One whose cut stands
 * is what lets it pass the brake, however old it is.
 */
export async function forgetAdmissions(connection: Connection, before: number): Promise<void> {
  await forEachPage(
    connection,
    `SELECT router, subscriber, operation, kind, at < ?
       AND NOT EXISTS (SELECT 1 FROM departures d WHERE d.router = kept.router AND d.subscriber = kept.subscriber)
       AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.epoch = (SELECT epoch FROM state) AND s.id = kept.subscriber
         AND json_extract(s.wishes, '$.cutoff.operation') = kept.operation) AS old
     FROM admissions kept WHERE (router, subscriber, operation, kind) > (?, ?, ?, ?)
     ORDER BY router, subscriber, operation, kind LIMIT ${PAGE_ROWS}`,
    (last) => [before, ...['router', 'subscriber', 'operation', 'kind'].map((column) => idOf(last, column))],
    (row) => flag(row, 'old'),
    (row) => {
      connection.run(
        'DELETE FROM admissions WHERE router = ? AND subscriber = ? AND operation = ? AND kind = ?',
        ...['router', 'subscriber', 'operation', 'kind'].map((column) => text(row, column)),
      );
    },
  );
}

/** Forgets what was seen of, and claimed for, subscribers who left a router without a trace. */
export async function forgetLeftovers(connection: Connection): Promise<void> {
  for (const table of ['observed', 'claims'] as const) {
    await forEachPage(
      connection,
      `SELECT router, subscriber, ${WITHOUT_OWNER} AS old FROM ${table} kept
       WHERE (router, subscriber) > (?, ?) ORDER BY router, subscriber LIMIT ${PAGE_ROWS}`,
      (last) => [idOf(last, 'router'), idOf(last, 'subscriber')],
      (row) => flag(row, 'old'),
      (row) => {
        connection.run(
          `DELETE FROM ${table} AS kept WHERE router = ? AND subscriber = ? AND ${WITHOUT_OWNER}`,
          text(row, 'router'),
          text(row, 'subscriber'),
        );
      },
    );
  }
}

/** Operations that the desired state names; an operation that ended is never named anew. */
async function namedOperations(connection: Connection): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  await forEachPage(
    connection,
    `SELECT id, wishes FROM subscribers WHERE epoch = (SELECT epoch FROM state) AND id > ? ORDER BY id LIMIT ${PAGE_ROWS}`,
    (last) => [idOf(last, 'id')],
    (row) => {
      for (const wish of Object.values(readWishes(text(row, 'wishes')))) named.add(wish.operation);
      return false;
    },
    () => undefined,
  );
  const others = await connection.read(() =>
    connection.all(
      `SELECT operation FROM portal UNION SELECT generation_operation FROM state UNION SELECT held_operation FROM state
       UNION SELECT operation FROM departures UNION SELECT operation FROM rotations`,
    ),
  );
  for (const { operation } of others) if (typeof operation === 'string') named.add(operation);
  return named;
}

/** Reads a table page by page, each a short view of its own, and deletes what is chosen in short transactions. */
async function forEachPage(
  connection: Connection,
  sql: string,
  after: (last: Row | null) => readonly Value[],
  isChosen: (row: Row) => boolean,
  forget: (row: Row) => void,
): Promise<void> {
  let last: Row | null | undefined = null;
  while (last !== undefined) {
    const from: Row | null = last;
    const rows: readonly Row[] = await connection.read(() => connection.all(sql, ...after(from)));
    await connection.writeSlices(rows.filter(isChosen), forget);
    last = rows.length < PAGE_ROWS ? undefined : rows.at(-1);
  }
}

function idOf(row: Row | null, column: string): string {
  return row === null ? '' : text(row, column);
}
