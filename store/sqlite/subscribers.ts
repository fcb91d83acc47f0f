import type { DesiredSubscriber } from '../ports.ts';
import type { Subscriber } from '../../schemas/subscriber.ts';
import { removeAddresses, writeAddresses } from './addresses.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readSubscriberJson, readWishes, type Wishes } from './documents.ts';
import type { RecordCache } from './record-cache.ts';
import { revisionOf } from './revisions.ts';
import { integer, text, type Row } from './rows.ts';

/** What is wanted of one subscriber, as one document of an epoch. */
export interface Document {
  readonly id: string;
  readonly revision: number;
  readonly changedAt: number;
  readonly subscriber: Subscriber;
  readonly wishes: Wishes;
}

/** The facets of a subscriber that can be wished for. */
export const WISH_FACETS = ['cutoff', 'maintenance', 'payment-due', 'custom'] as const;
export type WishFacet = (typeof WISH_FACETS)[number];

const COLUMNS = 'id, revision, changed_at, subscriber, wishes';

export function readDocument(connection: Connection, epoch: number, id: string): Document | null {
  const row = connection.get(`SELECT ${COLUMNS} FROM subscribers WHERE epoch = ? AND id = ?`, epoch, id);
  return row === null ? null : documentOf(row);
}

export function recordsOfRouter(
  connection: Connection,
  epoch: number,
  router: string,
  cache: RecordCache,
): readonly DesiredSubscriber[] {
  const load = (): readonly Row[] =>
    connection.all(`SELECT ${COLUMNS} FROM subscribers WHERE epoch = ? AND router = ? ORDER BY id`, epoch, router);
  const revision = `${epoch}/${revisionOf(connection, 'subscribers', epoch, router)}`;
  return cache.records(router, revision, load, (row) => {
    const document = documentOf(row);
    // One text for all of them.
    return recordOf({ ...document, subscriber: { ...document.subscriber, router } });
  });
}

export function documentsAfter(
  connection: Connection,
  epoch: number,
  after: string,
  limit: number,
): readonly Document[] {
  return connection
    .all(`SELECT ${COLUMNS} FROM subscribers WHERE epoch = ? AND id > ? ORDER BY id LIMIT ?`, epoch, after, limit)
    .map(documentOf);
}

/** Puts a document into an epoch, in place of `previous` if there was one. */
export function writeDocument(
  connection: Connection,
  epoch: number,
  document: Document,
  previous: Document | null,
): void {
  const { id, revision, changedAt, subscriber, wishes } = document;
  const cut = wishes.cutoff === undefined ? 0 : 1;
  const notices = Object.keys(wishes).length - cut;
  if (previous?.subscriber === subscriber) {
    connection.run(
      'UPDATE subscribers SET revision = ?, changed_at = ?, wishes = ?, cut = ?, notices = ? WHERE epoch = ? AND id = ?',
      ...[revision, changedAt, canonicalJson(wishes), cut, notices, epoch, id],
    );
    return;
  }
  if (previous !== null) removeDocument(connection, epoch, previous);
  connection.run(
    'INSERT INTO subscribers (epoch, id, router, revision, changed_at, subscriber, wishes, cut, notices) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...[epoch, id, subscriber.router, revision, changedAt],
    ...[canonicalJson(subscriber), canonicalJson(wishes), cut, notices],
  );
  writeAddresses(connection, epoch, subscriber.router, id, subscriber.addresses);
}

export function removeDocument(connection: Connection, epoch: number, { id, subscriber }: Document): void {
  connection.run('DELETE FROM subscribers WHERE epoch = ? AND id = ?', epoch, id);
  removeAddresses(connection, epoch, subscriber.router, id, subscriber.addresses);
}

/** The document as the ports show it. */
export function recordOf({ id, revision, changedAt, subscriber, wishes }: Document): DesiredSubscriber {
  const { cutoff, ...notices } = wishes;
  // Nearly everybody is without notices, and hundreds of thousands may be known.
  return { id, revision, changedAt, subscriber, cutoff: cutoff ?? null, notices: hasAny(notices) ? notices : NONE };
}

const NONE: DesiredSubscriber['notices'] = {};

function hasAny(notices: object): boolean {
  return Object.keys(notices).length > 0;
}

export function isSameContent(a: Pick<Document, 'subscriber' | 'wishes'>, b: typeof a): boolean {
  return canonicalJson([a.subscriber, a.wishes]) === canonicalJson([b.subscriber, b.wishes]);
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** The wishes with one facet set to another value or ended. */
export function withWish(wishes: Wishes, facet: WishFacet, wish: Wishes[WishFacet] | null): Wishes {
  const others = Object.fromEntries(Object.entries(wishes).filter(([name]) => name !== facet));
  return readWishes(canonicalJson(wish === null ? others : { ...others, [facet]: wish }));
}

function documentOf(row: Row): Document {
  return {
    id: text(row, 'id'),
    revision: integer(row, 'revision'),
    changedAt: integer(row, 'changed_at'),
    subscriber: readSubscriberJson(text(row, 'subscriber')),
    wishes: readWishes(text(row, 'wishes')),
  };
}
