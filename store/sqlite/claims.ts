import type { Connection } from './connection.ts';
import { text } from './rows.ts';

/** A person said that the foreign rows of these subscribers on this router are ours to take. */
export function recordClaims(
  connection: Connection,
  router: string,
  subscribers: readonly string[],
  operation: string,
  at: number,
): void {
  for (const subscriber of subscribers) {
    connection.run(
      'INSERT OR REPLACE INTO claims (router, subscriber, operation, at) VALUES (?, ?, ?, ?)',
      router,
      subscriber,
      operation,
      at,
    );
  }
}

export function claimsOf(connection: Connection, router: string): readonly string[] {
  return connection
    .all('SELECT subscriber FROM claims WHERE router = ? ORDER BY subscriber', router)
    .map((row) => text(row, 'subscriber'));
}

/**
 * A claim ends with its operation: the rows that were shown then are taken. Another system's row at the same address later
 * was shown to nobody (I3).
 */
export function endClaimsOf(connection: Connection, router: string, operation: string): void {
  connection.run('DELETE FROM claims WHERE router = ? AND operation = ?', router, operation);
}

/** And when its subscriber leaves the router. */
export function endClaims(connection: Connection, router: string, subscriber: string): void {
  connection.run('DELETE FROM claims WHERE router = ? AND subscriber = ?', router, subscriber);
}
