import type { IntentContext, Release } from '../ports.ts';
import { partBraked } from './braked.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readNames } from './documents.ts';
import { integer, text, textOrNull } from './rows.ts';

/**
 * A person let through, by name, those whom the brake holds under it and who were shown: held by `version`, or whoever is
 * held now where it is null. Says so, and how many it left because they joined later. It adds to what was let through under
 * that name before: an acknowledged word is not taken back by the next (I10). As a draft it counts from `useDrafts` on.
 */
export function releaseShown(
  connection: Connection,
  { router, name, version, isDraft }: ShownPlace,
  context: IntentContext,
): { readonly isAny: boolean; readonly later: number } {
  const { shown, later } = partBraked(connection, router, name, version);
  if (shown.length > 0) (isDraft ? draftRelease : recordRelease)(connection, router, name, shown, context);
  return { isAny: shown.length > 0, later };
}

/** What a person was shown of one name on a router. */
export interface ShownPlace {
  readonly router: string;
  readonly name: string;
  readonly version: number | null;
  readonly isDraft: boolean;
}

function draftRelease(
  connection: Connection,
  router: string,
  name: string,
  subscribers: readonly string[],
  { operation, at }: IntentContext,
): void {
  connection.run(
    'INSERT OR REPLACE INTO release_drafts (operation, router, name, subscribers, at) VALUES (?, ?, ?, ?, ?)',
    ...[operation, router, name, canonicalJson(subscribers), at],
  );
}

/** Lets through all that was drafted for a word of a person, as one statement; the drafts are of no use any more. */
export function useDrafts(connection: Connection, operation: string): void {
  connection.run(
    `INSERT INTO releases (router, name, operation, subscribers, at)
     SELECT router, name, operation, subscribers, at FROM release_drafts WHERE operation = ? ORDER BY router, name`,
    operation,
  );
}

/** Forgets the drafts of a word that was accepted or refused. */
export async function dropDrafts(connection: Connection, operation: string): Promise<void> {
  await connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM release_drafts WHERE (operation, router, name) IN
           (SELECT operation, router, name FROM release_drafts WHERE operation = ? LIMIT 500)`,
        operation,
      ) > 0,
  );
}

/** Forgets the drafts from before `before`: of words that a process which died had not accepted yet. */
export async function forgetDrafts(connection: Connection, before: number): Promise<void> {
  await connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM release_drafts WHERE (operation, router, name) IN
           (SELECT operation, router, name FROM release_drafts WHERE at < ? LIMIT 500)`,
        before,
      ) > 0,
  );
}

/**
 * All that a name brings on a router: of an empty snapshot alone, which is shown as what it is before any router has a part
 * in it. Everybody it restores is gone from the desired state by then, so nobody can be added.
 */
export function releaseWhole(connection: Connection, router: string, name: string, context: IntentContext): void {
  recordRelease(connection, router, name, null, context);
}

function recordRelease(
  connection: Connection,
  router: string,
  name: string,
  subscribers: readonly string[] | null,
  { operation, at }: IntentContext,
): void {
  connection.run(
    'INSERT INTO releases (router, name, operation, subscribers, at) VALUES (?, ?, ?, ?, ?)',
    router,
    name,
    operation,
    subscribers === null ? null : canonicalJson(subscribers),
    at,
  );
}

/**
 * What was let through on a router, word by word, the earliest first. A name whose operation is over, or never was one, may be asked for too: those who were
 * shown under it are known, and the agent looks at how long ago it was.
 */
export function releasesOf(connection: Connection, router: string): readonly Release[] {
  return connection
    .all(
      `SELECT name, subscribers, at FROM releases WHERE router = ? AND (subscribers IS NOT NULL OR EXISTS
         (SELECT 1 FROM parts
          WHERE parts.operation = releases.name AND parts.router = releases.router AND parts.open = 1)) ORDER BY at, name, operation`,
      router,
    )
    .map((row) => {
      const subscribers = textOrNull(row, 'subscribers');
      return {
        name: text(row, 'name'),
        subscribers: subscribers === null ? null : readNames(subscribers),
        at: integer(row, 'at'),
      };
    });
}

/** Forgets releases from before `before` of operations that are over. */
export async function forgetReleases(connection: Connection, before: number): Promise<void> {
  await connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM releases WHERE (router, name, operation) IN (SELECT router, name, operation FROM releases AS old WHERE at < ?
           AND NOT EXISTS (SELECT 1 FROM parts
             WHERE parts.operation = old.name AND parts.router = old.router AND parts.open = 1) LIMIT 100)`,
        before,
      ) > 0,
  );
}
