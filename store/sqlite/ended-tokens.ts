import type { Connection } from './connection.ts';
import type { Value } from './rows.ts';

/** True of a row of phone_tokens that lets a phone in though a newer one of its kind is there. */
export const IS_EARLIER = `kind <> 'enrolment' AND EXISTS (SELECT 1 FROM phone_tokens AS newer
  WHERE newer.mac = phone_tokens.mac AND newer.kind = phone_tokens.kind AND newer.enrolment > phone_tokens.enrolment)`;

/**
 * Ends the tokens that `where` names, and remembers their hashes for whoever asks why a phone is sent away; gives how many
 * there were.
 */
export function endTokens(connection: Connection, at: number, where: string, ...values: readonly Value[]): number {
  connection.run(
    `INSERT OR REPLACE INTO ended_tokens (hash, mac, kind, at)
     SELECT hash, mac, kind, ? FROM phone_tokens WHERE ${where}`,
    ...[at, ...values],
  );
  return connection.run(`DELETE FROM phone_tokens WHERE ${where}`, ...values);
}
