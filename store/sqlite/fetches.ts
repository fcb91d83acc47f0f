import type { PhoneFetch } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { endTokens } from './ended-tokens.ts';
import { journalPhones } from './phone-events.ts';
import { integer, integerOrNull, text, textOrNull } from './rows.ts';
import { confirmToldSlots } from './told-slots.ts';

/** Notes one fetch, inside the caller's transaction: when and whence, the token it came with, the lines it took. */
export function recordFetch(connection: Connection, fetch: PhoneFetch): void {
  const { mac, at, file, sha256, tokenHash, address, userAgent, isWhole, revision } = fetch;
  const isThere = connection.run(
    `UPDATE phones SET last_seen = ?, address = ?, user_agent = coalesce(?, user_agent)
     WHERE mac = ? AND coalesce(last_seen, 0) <= ?`,
    ...[at, address, userAgent, mac, at],
  );
  if (isThere === 0 && connection.get('SELECT 1 FROM phones WHERE mac = ?', mac) === null) return;
  useToken(connection, mac, tokenHash, at);
  if (revision !== null) confirmToldSlots(connection, mac, revision);
  if (!isWhole) return;
  const isNews = !isRepetition(connection, fetch);
  const inserted = connection.run(
    `INSERT INTO fetches (mac, at, file, sha256, token_hash, address, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    ...[mac, at, file, sha256, tokenHash, address, userAgent],
  );
  if (inserted === 0) return;
  connection.run('UPDATE phones SET last_fetch = max(coalesce(last_fetch, 0), ?) WHERE mac = ?', at, mac);
  if (isNews) journalPhones(connection, 'phone.fetched', `phone/${mac}`, at, { file, sha256, address, userAgent });
}

/**
 * The same bytes by the same URL to the same place as the last time: a phone that polls. That is kept as its last fetch; in
 * the journal thousands of them a day would push out what people did.
 */
function isRepetition(connection: Connection, { mac, file, sha256, tokenHash, address }: PhoneFetch): boolean {
  const last = connection.get(
    'SELECT sha256, token_hash, address FROM fetches WHERE mac = ? AND file = ? ORDER BY at DESC LIMIT 1',
    ...[mac, file],
  );
  return (
    last !== null &&
    text(last, 'sha256') === sha256 &&
    text(last, 'token_hash') === tokenHash &&
    text(last, 'address') === address
  );
}

/**
 * The first use of what lets a phone in ends those of its kind before it, and the enrolment it came with. Of its kind alone: a
 * phone that is led to its new token by a file still has the password that somebody typed into it.
 */
function useToken(connection: Connection, mac: string, hash: string, at: number): void {
  const row = connection.get(
    `SELECT kind, used_at, enrolment, file_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM phone_tokens AS plain
       WHERE plain.mac = phone_tokens.mac AND plain.enrolment = phone_tokens.enrolment
         AND plain.kind = 'provisioning' AND plain.file_key IS NULL) AS required
     FROM phone_tokens WHERE hash = ? AND mac = ?`,
    ...[hash, mac],
  );
  if (row === null || integerOrNull(row, 'used_at') !== null) return;
  connection.run('UPDATE phone_tokens SET used_at = ? WHERE hash = ?', at, hash);
  const kind = text(row, 'kind');
  if (kind === 'enrolment') return;
  endTokens(
    connection,
    at,
    "mac = ? AND hash <> ? AND kind IN (?, 'enrolment') AND enrolment <= ?",
    ...[mac, hash, kind, integer(row, 'enrolment')],
  );
  // Encryption was required, and the phone has its key now: a password of before opens plain files, so it ends too.
  if (integer(row, 'required') === 1)
    endTokens(
      connection,
      at,
      "mac = ? AND kind = 'credentials' AND enrolment <= ?",
      ...[mac, integer(row, 'enrolment')],
    );
}

/** Whole fetches of a phone since a time, oldest first. */
export function fetchesSince(connection: Connection, mac: string, at: number): readonly PhoneFetch[] {
  return connection.all('SELECT * FROM fetches WHERE mac = ? AND at >= ? ORDER BY at', mac, at).map((row) => ({
    mac,
    at: integer(row, 'at'),
    file: text(row, 'file'),
    sha256: text(row, 'sha256'),
    tokenHash: text(row, 'token_hash'),
    address: text(row, 'address'),
    userAgent: textOrNull(row, 'user_agent'),
    isWhole: true,
    revision: null,
  }));
}
