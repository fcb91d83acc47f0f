import { Compile } from 'typebox/compile';
import { ReissueState, type ReissuedSubscriber } from '../../schemas/reissue.ts';
import type { Evidence } from '../../schemas/operation.ts';
import type { Page, ReissueReport } from '../ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readEvidence, wordReader } from './documents.ts';
import { appendJournal } from './journal.ts';
import { integer, text, textOrNull } from './rows.ts';

/** An event at each tenth of the way, and no more: a domain change of ten thousand must not fill the journal. */
const EVENTS_A_ROUTER = 10;

const readReissueState = wordReader('state of a reissue', Compile(ReissueState));

/**
 * Keeps how far each subscriber is. While `isFirst` those who are not known yet are taken in; later ones are no part of
 * it. Who is known and is not in `rows` any more has no page left: ended.
 */
export async function recordReissue(connection: Connection, at: number, report: ReissueReport): Promise<void> {
  const { operation, router, rows, isFirst } = report;
  await connection.writeSlices(rows, ({ subscriber, from, to, state }) => {
    if (isFirst)
      connection.run(
        'INSERT OR IGNORE INTO reissues (operation, router, subscriber, from_url, to_url, state, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        ...[operation, router, subscriber, from, to, state, at],
      );
    connection.run(
      'UPDATE reissues SET to_url = ?, state = ?, at = ? WHERE operation = ? AND router = ? AND subscriber = ? AND (state <> ? OR to_url IS NOT ?)',
      ...[to, state, at, operation, router, subscriber, state, to],
    );
  });
  const present = new Set(rows.map(({ subscriber }) => subscriber));
  const known = await connection.read(() =>
    connection.all(
      "SELECT subscriber FROM reissues WHERE operation = ? AND router = ? AND state <> 'ended'",
      operation,
      router,
    ),
  );
  const gone = known.map((row) => text(row, 'subscriber')).filter((subscriber) => !present.has(subscriber));
  await connection.writeSlices(gone, (subscriber) => {
    connection.run(
      "UPDATE reissues SET state = 'ended', at = ? WHERE operation = ? AND router = ? AND subscriber = ?",
      ...[at, operation, router, subscriber],
    );
  });
  await connection.write(() => {
    count(connection, at, operation, router);
  });
}

/** These were written, and are not read back yet. */
export async function noteReissued(
  connection: Connection,
  at: number,
  operation: string,
  router: string,
  subscribers: readonly string[],
): Promise<void> {
  await connection.writeSlices(subscribers, (subscriber) => {
    connection.run(
      "UPDATE reissues SET state = 'applied', at = ? WHERE operation = ? AND router = ? AND subscriber = ? AND state = 'pending'",
      ...[at, operation, router, subscriber],
    );
  });
  await connection.write(() => {
    count(connection, at, operation, router);
  });
}

export function reissuePage(
  connection: Connection,
  operation: string,
  after: string | null,
  limit: number,
): Page<ReissuedSubscriber> {
  const [router = '', subscriber = ''] = after?.split('/') ?? [];
  const rows = connection.all(
    `SELECT router, subscriber, from_url, to_url, state, at FROM reissues
     WHERE operation = ? AND (router, subscriber) > (?, ?) ORDER BY router, subscriber LIMIT ?`,
    ...[operation, router, subscriber, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => ({
    id: text(row, 'subscriber'),
    router: text(row, 'router'),
    from: textOrNull(row, 'from_url'),
    to: textOrNull(row, 'to_url'),
    state: readReissueState(text(row, 'state')),
    at: new Date(integer(row, 'at')).toISOString(),
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? `${last.router}/${last.id}` : null };
}

/** Brings `total` and `done` of a router's part, and of the whole, to what the table says. */
function count(connection: Connection, at: number, operation: string, router: string): void {
  const row = connection.get(
    `SELECT count(*) AS total, coalesce(sum(state IN ('applied', 'verified', 'ended')), 0) AS done
     FROM reissues WHERE operation = ? AND router = ?`,
    operation,
    router,
  );
  const part = connection.get('SELECT result FROM parts WHERE operation = ? AND router = ?', operation, router);
  const whole = connection.get('SELECT kind, subject FROM operations WHERE id = ?', operation);
  if (row === null || part === null || whole === null) return;
  const [total, done] = [integer(row, 'total'), integer(row, 'done')];
  const before = resultOf(textOrNull(part, 'result'));
  if (before['total'] === total && before['done'] === done) return;
  connection.run(
    'UPDATE parts SET result = ? WHERE operation = ? AND router = ?',
    canonicalJson({ ...before, total, done }),
    operation,
    router,
  );
  connection.run(
    'UPDATE operations SET result = ? WHERE id = ?',
    canonicalJson(sumOf(connection, operation)),
    operation,
  );
  const tenthOf = (share: unknown): number =>
    typeof share === 'number' && total > 0 ? Math.floor((share * EVENTS_A_ROUTER) / total) : 0;
  if (before['total'] !== undefined && tenthOf(done) <= tenthOf(before['done'])) return;
  const data = { operation, kind: text(whole, 'kind'), total, done };
  appendJournal(
    connection,
    { at, type: 'operation.progress', subject: text(whole, 'subject'), router, data },
    operation,
  );
}

/** One router's result is the whole's; several are added up and told apart by router. */
export function sumOf(connection: Connection, operation: string): Evidence {
  const parts = connection
    .all('SELECT router, result FROM parts WHERE operation = ? ORDER BY router', operation)
    .map((row) => [text(row, 'router'), resultOf(textOrNull(row, 'result'))] as const);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only[1];
  const add = (name: string): number =>
    parts.reduce((sum, [, result]) => sum + (typeof result[name] === 'number' ? result[name] : 0), 0);
  const told = parts.filter(([, result]) => Object.keys(result).length > 0);
  return { total: add('total'), done: add('done'), routers: Object.fromEntries(told) };
}

function resultOf(json: string | null): Evidence {
  return json === null ? {} : readEvidence(json);
}
