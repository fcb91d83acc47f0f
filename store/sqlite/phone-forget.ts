import type { Connection } from './connection.ts';

const BATCH_ROWS = 500;
/** What phones asked for, and with which tokens that had ended, is of use for some weeks: a phone may have been away. */
const LONG_EXTRA_MS = 28 * 86_400_000;

/** Forgets, in short transactions, what phones left behind before a time: nothing of an open rotation or of open work. */
export async function forgetPhones(connection: Connection, before: number): Promise<void> {
  const old = [
    `DELETE FROM refusals WHERE rowid IN (SELECT rowid FROM refusals WHERE at < ? LIMIT ${BATCH_ROWS})`,
    `DELETE FROM fetches WHERE (mac, at, file, sha256) IN
       (SELECT mac, at, file, sha256 FROM fetches WHERE at < ? AND mac NOT IN (
          SELECT served.key FROM rotation_extensions, json_each(progress, '$.served') AS served WHERE "end" IS NULL)
        LIMIT ${BATCH_ROWS})`,
    `DELETE FROM phone_tokens WHERE hash IN
       (SELECT hash FROM phone_tokens WHERE kind = 'enrolment' AND expires_at < ? LIMIT ${BATCH_ROWS})`,
    // Kept since the end for a person who looks into it.
    `UPDATE rotation_extensions SET old_key = NULL, old_mark = NULL WHERE (rotation, number) IN
       (SELECT rotation, number FROM rotation_extensions WHERE old_key IS NOT NULL AND ended_at < ? LIMIT ${BATCH_ROWS})`,
  ];
  const longOld = [
    `DELETE FROM phone_requests WHERE (mac, what) IN (SELECT mac, what FROM phone_requests WHERE at < ? LIMIT ${BATCH_ROWS})`,
    `DELETE FROM ended_tokens WHERE hash IN (SELECT hash FROM ended_tokens WHERE at < ? LIMIT ${BATCH_ROWS})`,
  ];
  for (const sql of longOld) await connection.writeWhile(() => connection.run(sql, before - LONG_EXTRA_MS) > 0);
  for (const sql of old) await connection.writeWhile(() => connection.run(sql, before) > 0);
}

/** Forgets rotations that ended before a time, with their evidence. */
export async function forgetRotations(connection: Connection, before: number): Promise<void> {
  await connection.writeWhile(
    () =>
      connection.run(
        'DELETE FROM rotations WHERE seq IN (SELECT seq FROM rotations WHERE ended_at < ? LIMIT 5)',
        before,
      ) > 0,
  );
}
