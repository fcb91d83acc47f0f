import type { IntentContext } from '../ports.ts';
import type { Delta } from '../../schemas/subscriber.ts';
import type { Connection } from './connection.ts';
import { instructedSince } from './instructions.ts';
import { nextRevision } from './journal.ts';
import { merge } from './merge.ts';
import { operationChanges, placeLiving } from './placing.ts';
import { wantedOf } from './stages.ts';
import { livingEpoch } from './state.ts';
import { journalSubscriber } from './subscriber-events.ts';
import { readDocument } from './subscribers.ts';

/** What a small delta did to the living epoch. */
interface InPlaceChange {
  /** Sorted. */
  readonly routers: readonly string[];
  /** Open operations that it contradicts. */
  readonly superseded: readonly string[];
  /** Open operations whose wish goes along to another router. */
  readonly moved: readonly (readonly [operation: string, router: string])[];
}

/**
 * Writes a small delta into the living epoch, inside the caller's transaction. It may have waited for a build: what was
 * instructed by name after it was received, at this journal entry, outweighs it (I10).
 */
export function changeInPlace(
  connection: Connection,
  { put = [], remove = [] }: Delta,
  context: IntentContext,
  receivedAfter: number,
): InPlaceChange {
  const epoch = livingEpoch(connection);
  const { at, operation } = context;
  const revision = nextRevision(connection);
  const routers = new Set<string>();
  const wanted = new Map(put.map((row) => [row.id, wantedOf(row)]));
  const superseded: string[] = [];
  const moved: (readonly [string, string])[] = [];
  for (const id of new Set([...wanted.keys(), ...remove])) {
    const current = readDocument(connection, epoch, id);
    const merged = merge(id, current, wanted.get(id) ?? null, instructedSince(connection, id, receivedAfter), {
      at,
      operation,
      revision,
      isNamed: true,
    });
    if (merged === current) continue;
    const placing = { id, current, merged, at, operation, named: true };
    const changes = operationChanges(connection, placing);
    placeLiving(connection, epoch, placing);
    superseded.push(...changes.superseded);
    const to = merged?.subscriber.router;
    if (to !== undefined) moved.push(...changes.moved.map((open) => [open, to] as const));
    const concerned = [current?.subscriber.router, to].filter((router) => router !== undefined);
    for (const router of concerned) routers.add(router);
    journalSubscriber(connection, id, merged === null ? 'delete' : 'put', concerned, context);
  }
  return { routers: [...routers].sort(), superseded, moved };
}
