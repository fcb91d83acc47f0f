import type { AcceptResult, IntentContext } from '../ports.ts';
import type { Subscriber } from '../../schemas/subscriber.ts';
import { findHeldAddress } from './addresses.ts';
import { movePart } from './advances.ts';
import { failsCondition, NOT_FOUND, PRECONDITION_FAILED } from './conditions.ts';
import type { Connection } from './connection.ts';
import { recordDeletion, recordInstruction, repeatInstruction } from './instructions.ts';
import { journalHead, nextRevision } from './journal.ts';
import { openOperationsAbout, supersede } from './operations.ts';
import { placeLiving } from './placing.ts';
import { livingEpoch } from './state.ts';
import { journalSubscriber } from './subscriber-events.ts';
import { isSame, readDocument, recordOf } from './subscribers.ts';

/** PUT of a subscriber: his cut-off and notices stay; the same content again changes nothing (I5), but is newer. */
export function putSubscriber(
  connection: Connection,
  id: string,
  subscriber: Subscriber,
  context: IntentContext,
): AcceptResult {
  const epoch = livingEpoch(connection);
  const current = readDocument(connection, epoch, id);
  if (failsCondition(context, current?.revision ?? null)) return PRECONDITION_FAILED;
  if (current !== null && isSame(current.subscriber, subscriber)) {
    const record = recordOf(current);
    repeatInstruction(connection, { id, facet: 'subscriber', change: 'put', router: subscriber.router }, context);
    return { outcome: 'accepted', created: false, operation: null, record, seq: journalHead(connection) };
  }
  const held = findHeldAddress(connection, epoch, subscriber.router, id, subscriber.addresses);
  if (held !== null) return { outcome: 'address-held', ...held };

  const { at, operation } = context;
  const revision = nextRevision(connection);
  const { wishes = {}, impliedRestore = null } = current ?? {};
  const merged = { id, revision, changedAt: at, subscriber, wishes, impliedRestore };
  placeLiving(connection, epoch, { id, current, merged, at, operation, named: true });
  recordInstruction(connection, id, 'subscriber', at);
  const from = current?.subscriber.router ?? subscriber.router;
  if (from !== subscriber.router) moveWishes(connection, id, subscriber.router, context);
  const seq = journalSubscriber(connection, id, 'put', [from, subscriber.router], context);
  return { outcome: 'accepted', created: current === null, operation: null, record: recordOf(merged), seq };
}

/** DELETE of a subscriber: ends everything wanted of him; what routers still hold of him becomes a departure. */
export function deleteSubscriber(connection: Connection, id: string, context: IntentContext): AcceptResult {
  const epoch = livingEpoch(connection);
  const current = readDocument(connection, epoch, id);
  if (current === null) return context.ifMatch === undefined ? NOT_FOUND : PRECONDITION_FAILED;
  if (failsCondition(context, current.revision)) return PRECONDITION_FAILED;

  const { at, operation } = context;
  placeLiving(connection, epoch, { id, current, merged: null, at, operation, named: true });
  recordDeletion(connection, id, at);
  for (const open of openOperationsAbout(connection, id)) supersede(connection, open.operation.id, at, operation);
  const seq = journalSubscriber(connection, id, 'delete', [current.subscriber.router], context);
  return { outcome: 'accepted', created: false, operation: null, record: null, seq };
}

/** Open cuts and notices are now for the new router; open restores are for the rows left on the old one. */
function moveWishes(connection: Connection, id: string, router: string, { at, routers }: IntentContext): void {
  for (const { operation } of openOperationsAbout(connection, id)) {
    if (operation.kind !== 'cutoff' && operation.kind !== 'notice') continue;
    movePart(connection, at, operation.id, router, routers.includes(router));
  }
}
