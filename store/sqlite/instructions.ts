import type { IntentContext } from '../ports.ts';
import type { Connection } from './connection.ts';
import { journalHead } from './journal.ts';
import { text } from './rows.ts';
import { isDeltaOnItsWay } from './stages.ts';
import { readDesiredState } from './state.ts';
import { journalSubscriber } from './subscriber-events.ts';
import { WISH_FACETS, type WishFacet } from './subscribers.ts';

/** What an instruction by name can be about: the subscriber itself or one of its wishes. */
export type Facet = 'subscriber' | WishFacet;

/**
 * Notes that a facet was instructed by name: a snapshot taken before does not outweigh it, nor a delta received before.
 * Its journal entry follows in the same transaction.
 */
export function recordInstruction(connection: Connection, subscriber: string, facet: Facet, at: number): void {
  record(connection, { subscriber, facet, at, seq: journalHead(connection) + 1 });
}

function record(
  connection: Connection,
  { subscriber, facet, at, seq }: { subscriber: string; facet: Facet; at: number; seq: number },
): void {
  connection.run(
    `INSERT INTO instructions (subscriber, facet, at, seq) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET at = max(at, excluded.at), seq = excluded.seq`,
    subscriber,
    facet,
    at,
    seq,
  );
}

/**
 * Notes that a facet was instructed by name as it stands: nothing changes, but a snapshot taken before this moment does
 * not outweigh it, nor a delta received before (I10). A build under way may have merged the subscriber already: it looks
 * again at whom the journal names. A delta on its way asks for what the journal says after it.
 */
export function repeatInstruction(
  connection: Connection,
  {
    id,
    facet,
    change,
    router,
  }: { readonly id: string; facet: Facet; readonly change: string; readonly router: string },
  context: Pick<IntentContext, 'at' | 'actor' | 'operation'>,
): void {
  const isOvertaking = readDesiredState(connection).build !== null || isDeltaOnItsWay(connection);
  const head = journalHead(connection);
  record(connection, { subscriber: id, facet, at: context.at, seq: isOvertaking ? head + 1 : head });
  if (isOvertaking) journalSubscriber(connection, id, change, [router], context);
}

/** A deletion instructs every facet: whoever comes back later comes back without old wishes. */
export function recordDeletion(connection: Connection, subscriber: string, at: number): void {
  recordInstruction(connection, subscriber, 'subscriber', at);
  for (const facet of WISH_FACETS) recordInstruction(connection, subscriber, facet, at);
}

/** The facets that were instructed by name after this journal entry, whatever the clock said. */
export function instructedSince(connection: Connection, subscriber: string, seq: number): ReadonlySet<string> {
  const rows = connection.all('SELECT facet FROM instructions WHERE subscriber = ? AND seq > ?', subscriber, seq);
  return new Set(rows.map((row) => text(row, 'facet')));
}

/** The facets that were instructed by name after `takenAt`. */
export function instructedAfter(connection: Connection, subscriber: string, takenAt: number): ReadonlySet<string> {
  const rows = connection.all('SELECT facet FROM instructions WHERE subscriber = ? AND at > ?', subscriber, takenAt);
  return new Set(rows.map((row) => text(row, 'facet')));
}
