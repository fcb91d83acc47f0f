import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { HeldOperation } from '../../schemas/held-operation.ts';
import { brakedVersions } from './braked.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, reader } from './documents.ts';
import { integerOrNull, text } from './rows.ts';

const readHeld = reader('held plan', Compile(Type.Array(HeldOperation)));

/**
 * What a router holds, as it is to be stored; null where it is stored so already. What was held before for the same reason
 * has been held since then.
 */
export function heldNews(connection: Connection, router: string, held: readonly HeldOperation[]): string | null {
  const before = storedPlan(connection, router) ?? [];
  const since = new Map(before.map((one) => [keyOf(one), one.since]));
  const body = canonicalJson(held.map((one) => ({ ...one, since: since.get(keyOf(one)) ?? one.since })));
  return body === canonicalJson(before) ? null : body;
}

/** Keeps what a router holds. */
export function writeHeldPlan(connection: Connection, router: string, body: string): void {
  connection.run('INSERT OR REPLACE INTO held_plans (router, body) VALUES (?, ?)', router, body);
}

/** What a router holds, as a person is shown it; null where nothing was ever held. */
export function heldPlan(connection: Connection, router: string): readonly HeldOperation[] | null {
  const stored = storedPlan(connection, router);
  if (stored === null) return null;
  const versions = brakedVersions(connection, router);
  return stored.map((held) => withVersion(held, versions.get(held.operation ?? '') ?? null));
}

/** The routers that hold an operation, each with what it holds of it. */
export function heldOn(
  connection: Connection,
  operation: string,
): readonly { readonly router: string; readonly held: HeldOperation }[] {
  return connection
    .all(
      `SELECT held_plans.router, held_plans.body,
         max(braked.version, (SELECT shown_since FROM state)) AS version FROM held_plans
       LEFT JOIN braked ON braked.router = held_plans.router AND braked.name = ?
       WHERE braked.name IS NOT NULL
         OR EXISTS (SELECT 1 FROM parts WHERE parts.router = held_plans.router AND parts.operation = ? AND parts.open = 1)
       ORDER BY held_plans.router`,
      operation,
      operation,
    )
    .flatMap((row) =>
      readHeld(text(row, 'body'))
        .filter((held) => held.operation === operation)
        .map((held) => ({ router: text(row, 'router'), held: withVersion(held, integerOrNull(row, 'version')) })),
    );
}

/**
 * Joined in when it is read: the plan of a pass, and whom the brake holds by it, are one transaction, and so is this.
 * What the same operation holds for another reason no release ends.
 */
function withVersion(held: HeldOperation, version: number | null): HeldOperation {
  return held.reason === 'brake' && version !== null ? { ...held, shown: version } : held;
}

function storedPlan(connection: Connection, router: string): readonly HeldOperation[] | null {
  const row = connection.get('SELECT body FROM held_plans WHERE router = ?', router);
  return row === null ? null : readHeld(text(row, 'body'));
}

function keyOf({ operation, reason }: HeldOperation): string {
  return `${reason} ${operation ?? ''}`;
}
