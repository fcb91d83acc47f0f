import type { OperationAdvance } from '../ports.ts';
import { isFinal, type Evidence } from '../../schemas/operation.ts';
import { endClaimsOf } from './claims.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readEvidence } from './documents.ts';
import { settle } from './operations.ts';
import { namesIn, unknownRouter } from './parts.ts';
import { flag, textOrNull, text, type Row } from './rows.ts';

/** Moves one part of an operation on; a part that has ended, or that says the same again, is left alone. */
export function advancePart(connection: Connection, at: number, advance: OperationAdvance): void {
  const { id, router, state } = advance;
  const part = connection.get(
    `SELECT state, reason, result, open, follows, json_extract(evidence, '$.heldUnder') AS held_under
     FROM parts WHERE operation = ? AND router = ?`,
    id,
    router,
  );
  if (part === null || !flag(part, 'open')) return;
  const reason = advance.reason ?? null;
  const isSame = text(part, 'state') === state && textOrNull(part, 'reason') === reason;
  const follows = advance.follows ?? text(part, 'follows');
  // Whoever reads it must see what to release now.
  const isNews = canonicalJson(advance.heldUnder ?? []) !== canonicalJson(namesIn(textOrNull(part, 'held_under')));
  if (isSame && !isNews && advance.result === undefined && follows === text(part, 'follows')) return;
  connection.run(
    'UPDATE parts SET state = ?, reason = ?, evidence = ?, result = coalesce(?, result), follows = ?, open = ? WHERE operation = ? AND router = ?',
    state,
    reason,
    advance.evidence === undefined ? null : canonicalJson(advance.evidence),
    advance.result === undefined ? null : canonicalJson({ ...resultOf(part), ...advance.result }),
    follows,
    isFinal(state) ? 0 : 1,
    id,
    router,
  );
  if (isFinal(state)) endClaimsOf(connection, router, id);
  if (!isSame || isNews) settle(connection, id, at, router, isNews);
}

/** What the part says already: a reissue's counts stay. */
function resultOf(part: Row): Evidence {
  const result = textOrNull(part, 'result');
  return result === null ? {} : readEvidence(result);
}

/** Lets a part through that waited for a person; false when the operation has no open part on the router. */
export function releasePart(connection: Connection, at: number, operation: string, router: string): boolean {
  const changed = connection.run(
    `UPDATE parts SET released = 1, reason = CASE state WHEN 'held' THEN NULL ELSE reason END,
       state = CASE state WHEN 'held' THEN 'planned' ELSE state END
     WHERE operation = ? AND router = ? AND open = 1`,
    operation,
    router,
  );
  if (changed > 0) settle(connection, operation, at, router);
  return changed > 0;
}

/** Ends one part of a generation all of whose wishes there are a newer one's now. */
export function supersedePart(connection: Connection, at: number, operation: string, router: string, by: string): void {
  connection.run(
    "UPDATE parts SET state = 'superseded', reason = NULL, evidence = ?, open = 0 WHERE operation = ? AND router = ? AND open = 1",
    canonicalJson({ by }),
    operation,
    router,
  );
  settle(connection, operation, at, router);
}

/** An open wish goes along when its subscriber moves to another router. */
export function movePart(
  connection: Connection,
  at: number,
  operation: string,
  router: string,
  isKnown: boolean,
): void {
  connection.run(
    "UPDATE parts SET router = ?, state = ?, reason = ?, evidence = ? WHERE operation = ? AND open = 1 AND state <> 'verified'",
    router,
    isKnown ? 'received' : 'held',
    isKnown ? null : 'unknown-router',
    isKnown ? null : canonicalJson(unknownRouter(router)),
    operation,
  );
  connection.run('UPDATE OR REPLACE releases SET router = ? WHERE name = ?', router, operation);
  settle(connection, operation, at, router);
}
