import type { Departure } from '../ports.ts';
import type { Connection } from './connection.ts';
import { flag, integer, text, type Row } from './rows.ts';
import type { Document } from './subscribers.ts';

/** That a departure counts still: its epoch lives, and its subscriber is not back on that router. */
export const LIVING_DEPARTURE = `departures.epoch <= (SELECT epoch FROM state) AND NOT EXISTS (
  SELECT 1 FROM subscribers
  WHERE subscribers.epoch = (SELECT epoch FROM state) AND subscribers.id = departures.subscriber
    AND subscribers.router = departures.router)`;

/** Notes that rows of a subscriber may be left on a router he is no longer wanted on. */
export function recordDeparture(connection: Connection, epoch: number, departure: Departure): void {
  connection.run(
    'INSERT INTO departures (router, subscriber, epoch, operation, named, since) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET operation = excluded.operation, named = max(named, excluded.named)',
    departure.router,
    departure.subscriber,
    epoch,
    departure.operation,
    departure.named ? 1 : 0,
    departure.since,
  );
}

/** True when the router may hold rows of ours for the subscriber: wished for, under way, or last seen there. */
export function hasTrace(connection: Connection, document: Document): boolean {
  if (Object.keys(document.wishes).length > 0) return true;
  const { id, subscriber } = document;
  return (
    connection.get(
      `SELECT 1 FROM observed WHERE router = ? AND subscriber = ? AND trace = 1
       UNION ALL SELECT 1 FROM operations WHERE subscriber = ? AND open = 1 LIMIT 1`,
      subscriber.router,
      id,
      id,
    ) !== null
  );
}

export function departuresOf(connection: Connection, router: string): readonly Departure[] {
  return merged(
    connection.all(
      `SELECT * FROM departures WHERE router = ? AND ${LIVING_DEPARTURE} ORDER BY subscriber, epoch`,
      router,
    ),
  );
}

export function departureOf(connection: Connection, router: string, subscriber: string): Departure | null {
  const rows = connection.all(
    `SELECT * FROM departures WHERE router = ? AND subscriber = ? AND ${LIVING_DEPARTURE} ORDER BY epoch`,
    router,
    subscriber,
  );
  return merged(rows)[0] ?? null;
}

/** Ends departures, up to the living epoch: seen to be gone, or the subscriber came back. */
export function endDeparture(connection: Connection, router: string, subscriber: string): void {
  connection.run(
    'DELETE FROM departures WHERE router = ? AND subscriber = ? AND epoch <= (SELECT epoch FROM state)',
    router,
    subscriber,
  );
}

/** Several epochs may tell of one departure: asked for by name once is asked for by name. */
function merged(rows: readonly Row[]): readonly Departure[] {
  const found = new Map<string, Departure>();
  for (const row of rows) {
    const subscriber = text(row, 'subscriber');
    const earlier = found.get(subscriber);
    found.set(subscriber, {
      router: text(row, 'router'),
      subscriber,
      operation: text(row, 'operation'),
      named: flag(row, 'named') || earlier?.named === true,
      since: earlier?.since ?? integer(row, 'since'),
    });
  }
  return [...found.values()];
}
