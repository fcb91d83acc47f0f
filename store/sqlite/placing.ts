import type { Connection } from './connection.ts';
import { endDeparture, hasTrace, recordDeparture } from './departures.ts';
import { openOperationsAbout } from './operations.ts';
import { removeDocument, writeDocument, type Document } from './subscribers.ts';
import { endClaims } from './claims.ts';

/** A subscriber's document before and after a change. */
export interface Placing {
  readonly id: string;
  readonly current: Document | null;
  readonly merged: Document | null;
  readonly at: number;
  readonly operation: string;
  /** The change names the subscriber; false when only his absence from a snapshot says that he is gone. */
  readonly named: boolean;
}

/** Puts the changed document into the living epoch, with the departure that a leave or a move may mean. */
export function placeLiving(connection: Connection, epoch: number, placing: Placing): void {
  const { id, current, merged } = placing;
  noteDeparture(connection, epoch, placing);
  if (merged === null) {
    if (current !== null) removeDocument(connection, epoch, current);
  } else {
    writeDocument(connection, epoch, merged, current);
    endDeparture(connection, merged.subscriber.router, id);
  }
  if (current !== null && current.subscriber.router !== merged?.subscriber.router) {
    endClaims(connection, current.subscriber.router, id);
  }
}

/** Notes a departure if the subscriber leaves a router that may hold rows for him. */
export function noteDeparture(connection: Connection, epoch: number, placing: Placing): void {
  const { id, current, merged, at, operation } = placing;
  if (current === null || current.subscriber.router === merged?.subscriber.router) return;
  if (!hasTrace(connection, current)) return;
  const { router } = current.subscriber;
  const named = placing.named || merged !== null;
  recordDeparture(connection, epoch, { router, subscriber: id, operation, named, since: at });
}

/** What the open operations of a subscriber become when a generation has changed him. */
export interface OperationChanges {
  readonly superseded: readonly string[];
  readonly moved: readonly string[];
}

/** Open operations that the merged document contradicts, and those whose wish goes along to another router. */
export function operationChanges(connection: Connection, { id, current, merged }: Placing): OperationChanges {
  const superseded: string[] = [];
  const moved: string[] = [];
  const isMove = merged !== null && current?.subscriber.router !== merged.subscriber.router;
  for (const { operation, facet } of openOperationsAbout(connection, id)) {
    const wish = Object.entries(merged?.wishes ?? {}).find(([name]) => name === facet)?.[1];
    const isWish = operation.kind === 'cutoff' || operation.kind === 'notice';
    if (isWish ? wish?.operation !== operation.id : wish !== undefined) superseded.push(operation.id);
    else if (isWish && isMove) moved.push(operation.id);
  }
  return { superseded, moved };
}
