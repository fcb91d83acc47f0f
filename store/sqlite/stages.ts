import type { SubscriberState } from '../../schemas/subscriber.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readSubscriberJson, readWishValues } from './documents.ts';
import type { Wanted } from './merge.ts';
import { text, type Row } from './rows.ts';

/** So long a delta may be on its way before its build begins; what is older was left by a process that died. */
const ON_ITS_WAY_MS = 10 * 60_000;

export function deltaStage(operation: string): string {
  return `delta-${operation}`;
}

/** Opens a stage, in the caller's transaction. */
export function openStage(connection: Connection, stage: string): void {
  connection.run('INSERT OR IGNORE INTO stages (stage, created_at) VALUES (?, ?)', stage, connection.now());
}

/** Whether a delta was received that has not begun to change anything yet. */
export function isDeltaOnItsWay(connection: Connection): boolean {
  const since = connection.now() - ON_ITS_WAY_MS;
  const glob = `${deltaStage('')}*`;
  return connection.get('SELECT 1 FROM stages WHERE stage GLOB ? AND created_at > ? LIMIT 1', glob, since) !== null;
}

/** Rows of a snapshot or a large delta, kept aside until they are merged. A second row of one id replaces the first. */
export async function stageRows(
  connection: Connection,
  stage: string,
  rows: readonly SubscriberState[],
): Promise<void> {
  await connection.write(() => {
    openStage(connection, stage);
  });
  await connection.writeSlices(rows, (row) => {
    const { id, subscriber, wishes } = wantedOf(row);
    connection.run(
      'INSERT OR REPLACE INTO staged (stage, id, subscriber, wishes) VALUES (?, ?, ?, ?)',
      stage,
      id,
      canonicalJson(subscriber),
      canonicalJson(wishes),
    );
  });
}

export async function discardStage(connection: Connection, stage: string): Promise<void> {
  await connection.write(() => connection.run('DELETE FROM stages WHERE stage = ?', stage));
  await connection.writeWhile(
    () =>
      connection.run(
        'DELETE FROM staged WHERE (stage, id) IN (SELECT stage, id FROM staged WHERE stage = ? LIMIT 500)',
        stage,
      ) > 0,
  );
}

/** A subscriber's state on the wire, parted into the subscriber and what is wished of him; absent means none. */
export function wantedOf({ id, cutoff, notices, ...subscriber }: SubscriberState): Wanted {
  return { id, subscriber, wishes: { ...notices, ...(cutoff === undefined || cutoff === null ? {} : { cutoff }) } };
}

export function stagedRow(connection: Connection, stage: string, id: string): Wanted | null {
  const row = connection.get('SELECT id, subscriber, wishes FROM staged WHERE stage = ? AND id = ?', stage, id);
  return row === null ? null : wantedRow(row);
}

/** Up to `limit` ids after one, of the stage and of the epoch together, in order. */
export function unitedIds(
  connection: Connection,
  stage: string,
  epoch: number,
  after: string,
  limit: number,
): readonly string[] {
  return connection
    .all(
      `SELECT id FROM (SELECT id FROM staged WHERE stage = ? AND id > ? ORDER BY id LIMIT ?)
       UNION SELECT id FROM (SELECT id FROM subscribers WHERE epoch = ? AND id > ? ORDER BY id LIMIT ?)
       ORDER BY id LIMIT ?`,
      ...[stage, after, limit],
      ...[epoch, after, limit],
      limit,
    )
    .map((row) => text(row, 'id'));
}

export function isStageEmpty(connection: Connection, stage: string): boolean {
  return connection.get('SELECT 1 FROM staged WHERE stage = ? LIMIT 1', stage) === null;
}

function wantedRow(row: Row): Wanted {
  return {
    id: text(row, 'id'),
    subscriber: readSubscriberJson(text(row, 'subscriber')),
    wishes: readWishValues(text(row, 'wishes')),
  };
}
