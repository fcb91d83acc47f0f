import { supersedePart } from './advances.ts';
import type { Connection } from './connection.ts';
import { LIVING_DEPARTURE } from './departures.ts';
import { openRoutersOf } from './parts.ts';
import { supersede } from './operations.ts';
import { text } from './rows.ts';

/** So many debts of a router are looked at one by one; with more, all instructed since, a read decides. */
const LOOKED_AT = 8;

/**
 * The routers in a table, by one look each into an index that begins with them (tens of thousands of rows may be there), of
 * which a debt stands. What was instructed again by name after the snapshot was taken is none of its.
 */
function owingBy(table: string, isOpen: string, debts: string): string {
  return `SELECT router FROM (
    WITH RECURSIVE met(router) AS (
      SELECT min(router) FROM ${table} WHERE ${isOpen}
      UNION ALL SELECT (SELECT min(${table}.router) FROM ${table} WHERE ${isOpen} AND ${table}.router > met.router)
      FROM met WHERE met.router IS NOT NULL)
    SELECT router FROM met WHERE router IS NOT NULL AND (
      EXISTS (SELECT 1 FROM (${debts} LIMIT ${LOOKED_AT}) AS debt WHERE NOT EXISTS (
        SELECT 1 FROM instructions AS said
        WHERE said.subscriber = debt.subscriber AND said.facet = debt.facet AND said.at > ?))
      OR EXISTS (${debts} LIMIT 1 OFFSET ${LOOKED_AT})))`;
}

const OPEN_PARTS = `SELECT about.subscriber, about.facet FROM parts JOIN operations AS about ON about.id = parts.operation
  WHERE parts.open = 1 AND parts.router = met.router
    AND about.kind IN ('cutoff', 'restore', 'notice', 'notice-end', 'desired-state')`;
// The brake may hold what is over: a cut that could not be asked of it while the operation was open.
const BRAKED = `SELECT about.subscriber, about.facet FROM braked LEFT JOIN operations AS about ON about.id = braked.name
  WHERE braked.router = met.router`;
const LEFT_BEHIND = `SELECT departures.subscriber, 'subscriber' AS facet FROM departures
  WHERE departures.router = met.router AND ${LIVING_DEPARTURE}`;

const OWING = [
  owingBy('parts', 'open = 1', OPEN_PARTS),
  owingBy('braked', 'true', BRAKED),
  owingBy('departures', 'true', LEFT_BEHIND),
].join(' UNION ');

/**
 * The routers that owe anything about a subscriber to somebody, as it stands in this transaction: an open operation, cuts
 * that the brake holds, rows of who has left. A snapshot asks for the whole state, so it is verified there by what is read
 * and not by having changed nothing (I6). What was instructed by name after it was taken is not its own; a router that the
 * configuration does not have can be read by nobody, and concerns it only where it names somebody there.
 */
export function owingRouters(
  connection: Connection,
  { takenAt, known }: { readonly takenAt: number; readonly known: readonly string[] },
): ReadonlySet<string> {
  const owing = connection.all(OWING, takenAt, takenAt, takenAt).map((row) => text(row, 'router'));
  const isNamed = (router: string): boolean =>
    connection.get(
      'SELECT 1 FROM subscribers WHERE epoch = (SELECT epoch FROM state) AND router = ? LIMIT 1',
      router,
    ) !== null;
  const configured = new Set(known);
  return new Set(owing.filter((router) => configured.has(router) || isNamed(router)));
}

/** By router, what was instructed by name after a snapshot was taken, as `SUBSCRIBER/FACET`; after the switch to it. */
export function overruledOn(connection: Connection, takenAt: number): ReadonlyMap<string, readonly string[]> {
  const overruled = new Map<string, string[]>();
  for (const row of connection.all(
    `SELECT known.router, said.subscriber || '/' || said.facet AS wish FROM instructions AS said
     JOIN subscribers AS known ON known.epoch = (SELECT epoch FROM state) AND known.id = said.subscriber
     WHERE said.at > ? AND said.facet <> 'subscriber'`,
    takenAt,
  )) {
    const router = text(row, 'router');
    const wishes = overruled.get(router);
    if (wishes === undefined) overruled.set(router, [text(row, 'wish')]);
    else wishes.push(text(row, 'wish'));
  }
  return overruled;
}

/**
 * Ends the earlier snapshots that wait for nothing but what still earlier operations asked for: the newer one asks for all
 * that they asked for. A platform that sends its snapshot every few minutes leaves one open, however long anything is held.
 * One that has failed on some router ends as failed: that is nobody else's to tell.
 */
export function endFollowers(connection: Connection, at: number, by: string): void {
  const followers = connection.all(
    `SELECT DISTINCT operation, EXISTS (SELECT 1 FROM parts
         WHERE parts.operation = following.operation AND parts.state = 'failed') AS failed
     FROM parts AS following WHERE open = 1 AND follows = 'alone' AND operation <> ?
       AND NOT EXISTS (SELECT 1 FROM parts
         WHERE parts.operation = following.operation AND parts.open = 1 AND parts.follows <> 'alone')`,
    by,
  );
  for (const row of followers) {
    const operation = text(row, 'operation');
    if (row['failed'] !== 1) supersede(connection, operation, at, by);
    else
      for (const router of openRoutersOf(connection, operation)) supersedePart(connection, at, operation, router, by);
  }
}
