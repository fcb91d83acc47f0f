import type { DesiredSubscriber, DesiredView, Departure, OpenOperation, Page, StoreCounts } from '../ports.ts';
import type { OperationState } from '../../schemas/operation.ts';
import type { ObservedSubscriber } from '../../schemas/router.ts';
import { adoptionOf } from './adoptions.ts';
import { centralRecord } from './central.ts';
import { claimsOf } from './claims.ts';
import type { Connection } from './connection.ts';
import { departureOf, departuresOf } from './departures.ts';
import { redirectOf } from './doctors.ts';
import { readState } from './documents.ts';
import { journalHead } from './journal.ts';
import { readObservedOf } from './observations.ts';
import { openPartsOf } from './parts.ts';
import { readPortalAddresses, readPortalRound } from './portal-addresses.ts';
import { readStoredPortal } from './portal-intents.ts';
import type { RecordCache } from './record-cache.ts';
import { releasesOf } from './releases.ts';
import { integer, integerOrNull, text } from './rows.ts';
import { livingEpoch } from './state.ts';
import { documentsAfter, readDocument, recordOf, recordsOfRouter, type Document } from './subscribers.ts';

interface SubscriberView {
  readonly record: DesiredSubscriber;
  readonly observed: ObservedSubscriber | null;
}

/** Everything that one router's pass needs. The caller's transaction makes it one view. */
export function desiredFor(connection: Connection, router: string, cache: RecordCache): DesiredView {
  return {
    seq: journalHead(connection),
    subscribers: recordsOfRouter(connection, livingEpoch(connection), router, cache),
    departures: departuresOf(connection, router),
    portal: readStoredPortal(connection)?.portal ?? null,
    portalAddresses: readPortalAddresses(connection),
    portalLead: readPortalRound(connection)?.lead ?? null,
    operations: openPartsOf(connection, router),
    claims: claimsOf(connection, router),
    releases: releasesOf(connection, router),
    centralContactAt: centralRecord(connection)?.contactAt ?? null,
    redirect: redirectOf(connection, router),
    adoption: adoptionOf(connection, router),
  };
}

export function desiredSubscriber(
  connection: Connection,
  router: string,
  id: string,
): {
  readonly record: DesiredSubscriber | null;
  readonly departure: Departure | null;
  readonly operations: readonly OpenOperation[];
} {
  const document = readDocument(connection, livingEpoch(connection), id);
  return {
    record: document?.subscriber.router === router ? recordOf(document) : null,
    departure: departureOf(connection, router, id),
    operations: openPartsOf(connection, router, id),
  };
}

export function subscriberView(connection: Connection, id: string): SubscriberView | null {
  const document = readDocument(connection, livingEpoch(connection), id);
  return document === null ? null : viewOf(connection, document);
}

export function subscriberPage(connection: Connection, after: string | null, limit: number): Page<SubscriberView> {
  const documents = documentsAfter(connection, livingEpoch(connection), after ?? '', limit + 1);
  const items = documents.slice(0, limit).map((document) => viewOf(connection, document));
  return { items, next: documents.length > limit ? (items.at(-1)?.record.id ?? null) : null };
}

export function counts(connection: Connection): StoreCounts {
  const sums = connection.get(
    'SELECT count(*) AS subscribers, coalesce(sum(cut), 0) AS cutoffs, coalesce(sum(notices), 0) AS notices FROM subscribers WHERE epoch = ?',
    livingEpoch(connection),
  );
  const operations: Record<OperationState, number> = {
    received: 0,
    planned: 0,
    applied: 0,
    verified: 0,
    held: 0,
    failed: 0,
    superseded: 0,
  };
  for (const row of connection.all('SELECT state, count(*) AS number FROM operations GROUP BY state')) {
    operations[readState(text(row, 'state'))] = integer(row, 'number');
  }
  const restore = connection.get(
    `SELECT min(accepted_at) AS oldest FROM operations
     WHERE state IN ('received', 'planned', 'applied', 'held') AND kind = 'restore'`,
  );
  return {
    subscribers: sums === null ? 0 : integer(sums, 'subscribers'),
    cutoffs: sums === null ? 0 : integer(sums, 'cutoffs'),
    notices: sums === null ? 0 : integer(sums, 'notices'),
    operations,
    oldestPendingRestoreAt: restore === null ? null : integerOrNull(restore, 'oldest'),
  };
}

export function subscribersByRouter(connection: Connection): ReadonlyMap<string, number> {
  const rows = connection.all(
    'SELECT router, count(*) AS number FROM subscribers WHERE epoch = ? GROUP BY router ORDER BY router',
    livingEpoch(connection),
  );
  return new Map(rows.map((row) => [text(row, 'router'), integer(row, 'number')]));
}

function viewOf(connection: Connection, document: Document): SubscriberView {
  return {
    record: recordOf(document),
    observed: readObservedOf(connection, document.subscriber.router, document.id),
  };
}
