import type { Delegation } from '../../schemas/extension.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, text } from './rows.ts';

export function readDelegation(connection: Connection, number: string): Delegation | null {
  const row = connection.get('SELECT since, confirmed_at FROM delegations WHERE number = ?', number);
  if (row === null) return null;
  const confirmedAt = integerOrNull(row, 'confirmed_at');
  return {
    state: confirmedAt === null ? 'delegated_pending' : 'confirmed',
    since: new Date(confirmedAt ?? integer(row, 'since')).toISOString(),
  };
}

/** Extensions on the lines of a phone that are delegated and not confirmed. */
export function pendingOnPhone(connection: Connection, mac: string): string[] {
  return connection
    .all(
      `SELECT l.extension FROM lines l JOIN delegations d ON d.number = l.extension
       WHERE l.mac = ? AND d.confirmed_at IS NULL ORDER BY l.position`,
      mac,
    )
    .map((row) => text(row, 'extension'));
}
