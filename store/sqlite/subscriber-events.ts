import type { IntentContext } from '../ports.ts';
import type { Connection } from './connection.ts';
import { appendJournal } from './journal.ts';
import type { Generation } from './state.ts';

/** Tells each concerned router that a subscriber's document changed; gives the last sequence number. */
export function journalSubscriber(
  connection: Connection,
  id: string,
  change: string,
  routers: readonly string[],
  { at, actor, operation }: Pick<IntentContext, 'at' | 'actor' | 'operation'>,
): number {
  let seq = 0;
  for (const router of new Set(routers)) {
    const data = { change, operation, actor: actor.name, via: actor.via };
    seq = appendJournal(connection, { at, type: 'subscriber.changed', subject: `subscriber/${id}`, router, data });
  }
  return seq;
}

/** Tells each router that a generation changed so many of its subscribers; gives the last sequence number, if any. */
export function journalGeneration(
  connection: Connection,
  routers: ReadonlyMap<string, number>,
  { generation, operation }: Generation,
  { at, actor }: IntentContext,
): number | null {
  let seq: number | null = null;
  const subject = `site/${connection.site}`;
  for (const [router, changed] of routers) {
    const data = { operation, generation, changed, actor: actor.name, via: actor.via };
    seq = appendJournal(connection, { at, type: 'desired-state.changed', subject, router, data });
  }
  return seq;
}
