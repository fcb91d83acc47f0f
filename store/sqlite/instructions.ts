import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';
import { WISH_FACETS, type WishFacet } from './subscribers.ts';

/** What an instruction by name can be about: the subscriber itself or one of its wishes. */
export type Facet = 'subscriber' | WishFacet;

/** Notes that a facet was instructed by name: a snapshot taken before does not outweigh it. */
export function recordInstruction(
  connection: Connection,
  subscriber: string,
  facet: Facet,
  at: number,
  revision: number,
): void {
  connection.run(
    'INSERT INTO instructions (subscriber, facet, at, revision) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at), revision = excluded.revision',
    subscriber,
    facet,
    at,
    revision,
  );
}

/** A deletion instructs every facet: whoever comes back later comes back without old wishes. */
export function recordDeletion(connection: Connection, subscriber: string, at: number, revision: number): void {
  recordInstruction(connection, subscriber, 'subscriber', at, revision);
  for (const facet of WISH_FACETS) recordInstruction(connection, subscriber, facet, at, revision);
}

/** The facets that were instructed by name after `takenAt`. */
export function instructedAfter(connection: Connection, subscriber: string, takenAt: number): ReadonlySet<string> {
  const rows = connection.all('SELECT facet FROM instructions WHERE subscriber = ? AND at > ?', subscriber, takenAt);
  return new Set(rows.map((row) => text(row, 'facet')));
}

/** Who was instructed since a revision, with the newest revision seen. */
export function instructedSince(
  connection: Connection,
  revision: number,
  limit: number,
): { readonly subscribers: ReadonlySet<string>; readonly revision: number } {
  const rows = connection.all(
    'SELECT subscriber, revision FROM instructions WHERE revision > ? ORDER BY revision LIMIT ?',
    revision,
    limit,
  );
  return {
    subscribers: new Set(rows.map((row) => text(row, 'subscriber'))),
    revision: rows.reduce((newest, row) => Math.max(newest, integer(row, 'revision')), revision),
  };
}
