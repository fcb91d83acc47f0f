import { setInterval } from 'node:timers/promises';
import type { JournalEntry, NewEvent } from '../ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readData } from './documents.ts';
import { integer, text, textOrNull } from './rows.ts';

/** Appends one entry, inside the caller's transaction, and gives its sequence number. */
export function appendJournal(connection: Connection, event: NewEvent, operation: string | null = null): number {
  return connection.insert(
    'INSERT INTO journal (at, type, subject, router, operation, data) VALUES (?, ?, ?, ?, ?, ?)',
    event.at,
    event.type,
    event.subject,
    event.router,
    operation,
    canonicalJson(event.data),
  );
}

/** Sequence number of the newest entry; pruning never takes that one, so numbers are never used twice. */
export function journalHead(connection: Connection): number {
  const row = connection.get('SELECT max(seq) AS head FROM journal');
  return row === null || row['head'] === null ? 0 : integer(row, 'head');
}

/**
 * A number for a changed document, greater than every one given before: each change appends to the journal, so the
 * journal counts for revisions too.
 */
export function nextRevision(connection: Connection): number {
  return journalHead(connection) + 1;
}

/** Subscribers that somebody named since an entry, and the entry that was looked at last. */
export function namedSince(
  connection: Connection,
  seq: number,
  limit: number,
): { readonly subscribers: ReadonlySet<string>; readonly seq: number } {
  const rows = connection.all(
    `SELECT seq, substr(subject, 12) AS subscriber FROM journal
     WHERE seq > ? AND type IN ('subscriber.changed', 'operation.received') AND subject GLOB 'subscriber/*'
     ORDER BY seq LIMIT ?`,
    seq,
    limit,
  );
  return {
    subscribers: new Set(rows.map((row) => text(row, 'subscriber'))),
    seq: rows.reduce((newest, row) => Math.max(newest, integer(row, 'seq')), seq),
  };
}

export function journalAfter(connection: Connection, seq: number, limit: number): readonly JournalEntry[] {
  return connection
    .all('SELECT seq, at, type, subject, router, data FROM journal WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
    .map((row) => ({
      seq: integer(row, 'seq'),
      at: new Date(integer(row, 'at')).toISOString(),
      type: text(row, 'type'),
      subject: text(row, 'subject'),
      router: textOrNull(row, 'router'),
      data: readData(text(row, 'data')),
    }));
}

/** Calls back after commits of other connections, until the signal fires. One read of `data_version` a tick. */
export async function watchJournal(
  connection: Connection,
  everyMs: number,
  signal: AbortSignal,
  onChange: (head: number) => void,
): Promise<void> {
  let seen = connection.dataVersion();
  try {
    for await (const link of setInterval(everyMs, connection, { signal })) {
      const version = link.dataVersion();
      if (version === seen) continue;
      seen = version;
      onChange(await connection.read(() => journalHead(connection)));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
