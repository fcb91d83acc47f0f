import type { IntentContext, Release } from '../ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readNames } from './documents.ts';
import { integer, text, textOrNull } from './rows.ts';

/** Keeps whom the brake holds on a router now, by operation; what is the same as before is not written again. */
export function recordBraked(
  connection: Connection,
  router: string,
  braked: ReadonlyMap<string, readonly string[]>,
): void {
  const before = new Map(
    connection
      .all('SELECT name, subscribers FROM braked WHERE router = ?', router)
      .map((row) => [text(row, 'name'), text(row, 'subscribers')]),
  );
  for (const name of before.keys())
    if (!braked.has(name)) connection.run('DELETE FROM braked WHERE router = ? AND name = ?', router, name);
  for (const [name, subscribers] of braked) {
    const body = canonicalJson([...subscribers].sort());
    if (body === before.get(name)) continue;
    connection.run('INSERT OR REPLACE INTO braked (router, name, subscribers) VALUES (?, ?, ?)', router, name, body);
  }
}

/** Whom the brake holds on a router under a generation. */
export interface BrakedGeneration {
  readonly router: string;
  readonly operation: string;
  readonly subscribers: ReadonlySet<string>;
}

/** What the brake holds of generations on all routers, and nobody let through. */
export function brakedGenerations(connection: Connection): readonly BrakedGeneration[] {
  return connection
    .all(
      `SELECT braked.router, braked.name, braked.subscribers FROM braked
       JOIN parts ON parts.operation = braked.name AND parts.router = braked.router
       JOIN operations ON operations.id = braked.name
       WHERE operations.kind = 'desired-state' AND parts.open = 1 AND parts.state = 'held' AND parts.released = 0`,
    )
    .map((row) => ({
      router: text(row, 'router'),
      operation: text(row, 'name'),
      subscribers: new Set(readNames(text(row, 'subscribers'))),
    }));
}

/**
 * A person let through, by name, those whom the brake holds under it now; false where it holds nobody. It adds to what was
 * let through under that name before: an acknowledged word is not taken back by the next (I10).
 */
export function releaseShown(
  connection: Connection,
  router: string,
  name: string,
  { operation, at }: IntentContext,
): boolean {
  const changed = connection.run(
    `INSERT INTO releases (router, name, operation, subscribers, at)
     SELECT router, name, ?, subscribers, ? FROM braked WHERE router = ? AND name = ?`,
    operation,
    at,
    router,
    name,
  );
  return changed > 0;
}

/**
 * All that a name brings on a router: of an empty snapshot alone, which is shown as what it is before any router has a part
 * in it. Everybody it restores is gone from the desired state by then, so nobody can be added.
 */
export function releaseWhole(
  connection: Connection,
  router: string,
  name: string,
  { operation, at }: IntentContext,
): void {
  connection.run(
    'INSERT INTO releases (router, name, operation, subscribers, at) VALUES (?, ?, ?, NULL, ?)',
    router,
    name,
    operation,
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

/** The routers on which the brake holds somebody under this name. */
export function brakedOn(connection: Connection, name: string): readonly string[] {
  return connection.all('SELECT router FROM braked WHERE name = ?', name).map((row) => text(row, 'router'));
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
