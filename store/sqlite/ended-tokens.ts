import type { Connection } from './connection.ts';
import type { Value } from './rows.ts';

/** Ends the tokens that `where` names, and remembers their hashes for whoever asks why a phone is sent away. */
export function endTokens(connection: Connection, at: number, where: string, ...values: readonly Value[]): void {
  connection.run(
    `INSERT OR REPLACE INTO ended_tokens (hash, mac, kind, at)
     SELECT hash, mac, kind, ? FROM phone_tokens WHERE ${where}`,
    ...[at, ...values],
  );
  connection.run(`DELETE FROM phone_tokens WHERE ${where}`, ...values);
}
