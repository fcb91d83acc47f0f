import type { Connection } from './connection.ts';
import { forgetAdmissions, forgetLeftovers, forgetOperations } from './forget.ts';
import { journalHead } from './journal.ts';
import { forgetPhones, forgetRotations } from './phone-forget.ts';
import { forgetDrafts, forgetReleases } from './releases.ts';
import { text } from './rows.ts';
import { discardStage } from './stages.ts';

const DAY_MS = 86_400_000;
/** A generation may be repeated by a central that was away for days. */
const GENERATION_KEY_EXTRA_MS = 6 * DAY_MS;
/** So long a late snapshot may still be outranked by an instruction about somebody who is gone. */
const TOMBSTONE_EXTRA_MS = 60 * DAY_MS;

/** So long an operation that has ended may still be asked about: 30 days with the two of an Idempotency-Key. */
const OPERATION_EXTRA_MS = 28 * DAY_MS;

/** Forgets what nobody can need any more, in short transactions. */
export async function prune(connection: Connection, before: number, keep: number): Promise<void> {
  await forgetKeys(connection, before);
  await forgetJournal(connection, keep);
  await forgetTombstones(connection, before - TOMBSTONE_EXTRA_MS);
  await forgetPhones(connection, before);
  await forgetRotations(connection, before - OPERATION_EXTRA_MS);
  await forgetOperations(connection, before - OPERATION_EXTRA_MS);
  await forgetAdmissions(connection, before);
  await forgetReleases(connection, before);
  await forgetDrafts(connection, before);
  await forgetLeftovers(connection);
  const stages = await connection.read(() =>
    connection
      .all(
        "SELECT stage FROM stages WHERE created_at < ? AND stage <> coalesce((SELECT held_stage FROM state), '')",
        before,
      )
      .map((row) => text(row, 'stage')),
  );
  for (const stage of stages) await discardStage(connection, stage);
}

function forgetKeys(connection: Connection, before: number): Promise<void> {
  return connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM idempotency WHERE (owner, key) IN (SELECT owner, key FROM idempotency
           WHERE at < ? - CASE scope WHEN 'generation' THEN ? ELSE 0 END LIMIT 500)`,
        before,
        GENERATION_KEY_EXTRA_MS,
      ) > 0,
  );
}

async function forgetJournal(connection: Connection, keep: number): Promise<void> {
  const head = await connection.read(() => journalHead(connection));
  await connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM journal WHERE seq IN (SELECT seq FROM journal WHERE seq <= ? AND NOT EXISTS (
           SELECT 1 FROM operations WHERE operations.id = journal.operation AND operations.open = 1) LIMIT 500)`,
        head - Math.max(1, keep),
      ) > 0,
  );
}

function forgetTombstones(connection: Connection, before: number): Promise<void> {
  return connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM instructions WHERE (subscriber, facet) IN (SELECT subscriber, facet FROM instructions
           WHERE at < ? AND NOT EXISTS (SELECT 1 FROM subscribers
             WHERE epoch = (SELECT epoch FROM state) AND subscribers.id = instructions.subscriber) LIMIT 500)`,
        before,
      ) > 0,
  );
}
