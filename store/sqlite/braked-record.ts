import { readVersions } from './braked.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readNames } from './documents.ts';
import { text, type Row } from './rows.ts';
import { nextBrakedVersion } from './state.ts';

/** So many versions of a list are known; whoever was shown an older one reads again. */
const GIVEN = 100;

/** A list as it is to be: each of its subscribers with the version at which he joined, null for who joins now. */
export interface BrakedList {
  readonly name: string;
  readonly subscribers: readonly string[];
  readonly joined: readonly (number | null)[];
  /** The versions that a person may have been shown of it before, the oldest first. */
  readonly given: readonly number[];
}

/** What has to be written so that the store says whom the brake holds on a router now. */
export interface BrakedNews {
  readonly router: string;
  /** Names under which nobody is held any more. */
  readonly gone: readonly string[];
  /** Lists that somebody left, without those who join. */
  readonly left: readonly BrakedList[];
  /** Lists that somebody joins, as they are then. */
  readonly joins: readonly BrakedList[];
}

/**
 * What is new of whom the brake holds on a router, by operation. Who comes back has joined anew: it is not he who was shown.
 * A router has one writer, so what is read here is so still when it is written.
 */
export function brakedNews(
  connection: Connection,
  router: string,
  braked: ReadonlyMap<string, readonly string[]>,
): BrakedNews {
  const before = new Map(
    connection
      .all('SELECT name, subscribers, joined, given FROM braked WHERE router = ?', router)
      .map((row) => [text(row, 'name'), row]),
  );
  const left: BrakedList[] = [];
  const joins: BrakedList[] = [];
  for (const [name, ids] of braked) {
    const subscribers = [...ids].sort();
    const stored = before.get(name);
    if (stored !== undefined && text(stored, 'subscribers') === canonicalJson(subscribers)) continue;
    const known = stored === undefined ? new Map<string, number>() : joinedIn(stored);
    const given = stored === undefined ? [] : readVersions(text(stored, 'given'));
    const kept = subscribers.filter((id) => known.has(id));
    const list = (those: readonly string[]): BrakedList => ({
      ...{ name, subscribers: those, given },
      joined: those.map((id) => known.get(id) ?? null),
    });
    if (kept.length < known.size) left.push(list(kept));
    if (kept.length < subscribers.length) joins.push(list(subscribers));
  }
  return { router, gone: [...before.keys()].filter((name) => !braked.has(name)), left, joins };
}

/** So many rows are written for it. */
export function newsCount({ gone, left, joins }: BrakedNews): number {
  return gone.length + left.length + joins.length;
}

/** Forgets a name under which nobody is held any more. */
export function forgetBraked(connection: Connection, router: string, name: string): void {
  connection.run('DELETE FROM braked WHERE router = ? AND name = ?', router, name);
}

/** Writes one list; those who join do so at `version`, which is asked for only where somebody does. */
export function writeBraked(
  connection: Connection,
  router: string,
  { name, subscribers, joined, given }: BrakedList,
  version: () => number,
): void {
  const versions = joined.map((at) => at ?? version());
  const newest = versions.reduce((latest, one) => Math.max(latest, one), 0);
  connection.run(
    'INSERT OR REPLACE INTO braked (router, name, subscribers, joined, version, given) VALUES (?, ?, ?, ?, ?, ?)',
    ...[router, name, canonicalJson(subscribers), canonicalJson(versions), newest],
    canonicalJson([...given.filter((one) => one !== newest), newest].slice(-GIVEN)),
  );
}

/** All who are new in one record join together; where nobody is, no version is used up. */
export function joinTogether(connection: Connection): () => number {
  let given: number | null = null;
  return () => (given ??= nextBrakedVersion(connection));
}

function joinedIn(stored: Row): ReadonlyMap<string, number> {
  const versions = readVersions(text(stored, 'joined'));
  // Of whom no version is known nobody can say that he was shown: he joins now.
  return new Map(
    readNames(text(stored, 'subscribers')).flatMap((id, at) => {
      const version = versions[at];
      return version === undefined ? [] : [[id, version] as const];
    }),
  );
}
