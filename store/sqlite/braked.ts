import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Connection } from './connection.ts';
import { canonicalJson, reader, readNames } from './documents.ts';
import { integer, text, textOrNull } from './rows.ts';
import { shownSince } from './state.ts';

/** Reads a list of versions. */
export const readVersions = reader('list of versions', Compile(Type.Array(Type.Integer())));

/** Whom the brake holds under a name on a router, parted by what a person was shown. */
export interface Parted {
  readonly shown: readonly string[];
  /** So many joined later. */
  readonly later: number;
}

/**
 * Parts those whom the brake holds at a version: who joined by then, and who after it. Null: all of them count as shown. A
 * version that this list never had is of another database, whose backup this one was: nobody of here was shown by it.
 */
export function partBraked(connection: Connection, router: string, name: string, version: number | null): Parted {
  const joined = joinedBy(connection, router, name);
  const isGiven = version === null || isShownBy(connection, router, name, version);
  const shown = joined.filter(([, at]) => isGiven && (version === null || at <= version)).map(([id]) => id);
  return { shown, later: joined.length - shown.length };
}

/**
 * By name, the newest version at which somebody joined: what a person who reads of it now is shown. Those who were held
 * when control began to show are shown by the version of then.
 */
export function brakedVersions(connection: Connection, router: string): ReadonlyMap<string, number> {
  const since = shownSince(connection);
  return new Map(
    connection
      .all('SELECT name, version FROM braked WHERE router = ?', router)
      .map((row) => [text(row, 'name'), Math.max(since, integer(row, 'version'))]),
  );
}

/** The routers on which the brake holds somebody under these names, by name. */
export function brakedOn(connection: Connection, names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const routers = new Map<string, string[]>();
  const rows = connection.all(
    'SELECT name, router FROM braked WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name, router',
    canonicalJson(names),
  );
  for (const row of rows) {
    const name = text(row, 'name');
    const those = routers.get(name);
    if (those === undefined) routers.set(name, [text(row, 'router')]);
    else those.push(text(row, 'router'));
  }
  return routers;
}

/** Whom the brake holds on a router under a generation. */
export interface BrakedGeneration {
  readonly router: string;
  readonly operation: string;
  readonly subscribers: ReadonlySet<string>;
}

/**
 * What the brake holds of generations on all routers, without whom a person let through: until the next pass they are
 * listed still, and they are waited for no more. While the part is open his word about them holds.
 */
export function brakedGenerations(connection: Connection): readonly BrakedGeneration[] {
  return connection
    .all(
      `SELECT braked.router, braked.name, braked.subscribers FROM braked
       JOIN parts ON parts.operation = braked.name AND parts.router = braked.router
       JOIN operations ON operations.id = braked.name
       WHERE operations.kind = 'desired-state' AND parts.open = 1`,
    )
    .flatMap((row) => {
      const [router, operation] = [text(row, 'router'), text(row, 'name')];
      const released = releasedUnder(connection, router, operation);
      const held = readNames(text(row, 'subscribers')).filter((id) => released !== 'all' && !released.has(id));
      return held.length === 0 ? [] : [{ router, operation, subscribers: new Set(held) }];
    });
}

/** Whom a person let through under a name on a router, in all his words. */
function releasedUnder(connection: Connection, router: string, name: string): ReadonlySet<string> | 'all' {
  const words = connection
    .all('SELECT subscribers FROM releases WHERE router = ? AND name = ?', router, name)
    .map((row) => textOrNull(row, 'subscribers'));
  return words.includes(null) ? 'all' : new Set(words.flatMap((word) => (word === null ? [] : readNames(word))));
}

/** Whether this version of a list was shown here, since control began to. */
function isShownBy(connection: Connection, router: string, name: string, version: number): boolean {
  const since = shownSince(connection);
  if (version <= since) return version === since && since > 0;
  return givenTo(connection, router, name).includes(version);
}

/** The versions that a list had. */
function givenTo(connection: Connection, router: string, name: string): readonly number[] {
  const row = connection.get('SELECT given FROM braked WHERE router = ? AND name = ?', router, name);
  return row === null ? [] : readVersions(text(row, 'given'));
}

/** Those whom the brake holds under a name on a router, each with the version at which he joined. */
function joinedBy(connection: Connection, router: string, name: string): readonly (readonly [string, number])[] {
  const row = connection.get('SELECT subscribers, joined FROM braked WHERE router = ? AND name = ?', router, name);
  if (row === null) return [];
  const versions = readVersions(text(row, 'joined'));
  // Of whom no version is known nobody can say that he was shown.
  return readNames(text(row, 'subscribers')).map((id, at) => [id, versions[at] ?? Number.POSITIVE_INFINITY]);
}
