import type { AcceptResult, IntentContext } from '../ports.ts';
import type { Cutoff, Notice } from '../../schemas/subscriber.ts';
import { failsCondition, NOT_FOUND, PRECONDITION_FAILED } from './conditions.ts';
import type { Connection } from './connection.ts';
import { recordInstruction, repeatInstruction } from './instructions.ts';
import { nextRevision } from './journal.ts';
import { insertOperation, lastOperationOf, openOperationsAbout, supersede, type OperationRow } from './operations.ts';
import { livingEpoch } from './state.ts';
import { journalSubscriber } from './subscriber-events.ts';
import {
  isSame,
  readDocument,
  recordOf,
  withWish,
  writeDocument,
  type Document,
  type WishFacet,
} from './subscribers.ts';

interface PutWish {
  readonly id: string;
  readonly facet: WishFacet;
  readonly kind: 'cutoff' | 'notice';
  readonly value: Cutoff | Notice;
}

interface EndWish {
  readonly id: string;
  readonly facet: WishFacet;
  readonly kind: 'restore' | 'notice-end';
}

/** Cuts off or sets a notice. The same value again answers the operation that is about it already (I5), and is newer. */
export function putWish(connection: Connection, wish: PutWish, context: IntentContext): AcceptResult {
  const found = findSubscriber(connection, wish.id, context);
  if ('outcome' in found) return found;
  const { epoch, document } = found;
  const existing = document.wishes[wish.facet];
  const isLive = existing !== undefined && isSame(existing.value, wish.value);
  const last = lastOperationOf(connection, wish.id, wish.facet);
  if (isLive && last !== null && last.operation.kind === wish.kind && isStanding(last))
    return answerAgain(connection, last, document, wish, context);

  const { at, operation } = context;
  const since = isLive ? existing.since : at;
  const wishes = withWish(document.wishes, wish.facet, { value: wish.value, since, operation });
  return change(connection, epoch, document, wishes, wish, isLive ? document.revision : null, context);
}

/** Restores or ends a notice; accepted also when there is nothing to end, for a row may be left (I1). */
export function endWish(connection: Connection, wish: EndWish, context: IntentContext): AcceptResult {
  const found = findSubscriber(connection, wish.id, context);
  if ('outcome' in found) return found;
  const { epoch, document } = found;
  const isEnded = document.wishes[wish.facet] === undefined;
  const last = lastOperationOf(connection, wish.id, wish.facet);
  if (isEnded && last !== null && last.operation.kind === wish.kind && isOpen(last))
    return answerAgain(connection, last, document, wish, context);

  const wishes = withWish(document.wishes, wish.facet, null);
  // What a snapshot only implied is said by name now.
  const isSaid = wish.facet !== 'cutoff' || document.impliedRestore === null;
  return change(connection, epoch, document, wishes, wish, isEnded && isSaid ? document.revision : null, context);
}

function findSubscriber(
  connection: Connection,
  id: string,
  context: IntentContext,
): { readonly epoch: number; readonly document: Document } | AcceptResult {
  const epoch = livingEpoch(connection);
  const document = readDocument(connection, epoch, id);
  if (document === null) return NOT_FOUND;
  return failsCondition(context, document.revision) ? PRECONDITION_FAILED : { epoch, document };
}

/** Writes the document, replaces the open operation of the facet and journals it. `keep` is the revision to keep. */
function change(
  connection: Connection,
  epoch: number,
  document: Document,
  wishes: Document['wishes'],
  { id, facet, kind }: PutWish | EndWish,
  keep: number | null,
  context: IntentContext,
): AcceptResult {
  const { at, operation } = context;
  const { router } = document.subscriber;
  const revision = nextRevision(connection);
  // Whoever names the subscriber's cut-off has the word about it.
  const impliedRestore = facet === 'cutoff' ? null : document.impliedRestore;
  const changed = {
    ...document,
    revision: keep ?? revision,
    changedAt: keep === null ? at : document.changedAt,
    wishes,
    impliedRestore,
  };
  writeDocument(connection, epoch, changed, document);
  recordInstruction(connection, id, facet, at);
  for (const open of openOperationsAbout(connection, id)) {
    if (open.facet === facet) supersede(connection, open.operation.id, at, operation);
  }
  if (keep === null) journalSubscriber(connection, id, kind, [router], context);
  const inserted = insertOperation(connection, {
    id: operation,
    kind,
    subject: `subscriber/${id}`,
    at,
    actor: context.actor,
    routers: [router],
    known: context.routers,
    subscriber: id,
    facet,
  });
  return answer(inserted, changed);
}

function answerAgain(
  connection: Connection,
  last: OperationRow,
  document: Document,
  { id, facet, kind }: PutWish | EndWish,
  { at, actor }: IntentContext,
): AcceptResult {
  const again = { at, actor, operation: last.operation.id };
  repeatInstruction(connection, { id, facet, change: kind, router: document.subscriber.router }, again);
  return answer(last, document);
}

function answer({ operation, seq }: OperationRow, document: Document): AcceptResult {
  return { outcome: 'accepted', created: false, operation, record: recordOf(document), seq };
}

function isOpen({ operation: { state } }: OperationRow): boolean {
  return state !== 'verified' && isStanding({ operation: { state } });
}

function isStanding({ operation: { state } }: { readonly operation: { readonly state: string } }): boolean {
  return state !== 'failed' && state !== 'superseded';
}
