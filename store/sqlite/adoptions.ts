import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Adoption, AdoptStep } from '../../schemas/adoption.ts';
import type { StoredAdoption, TakenRow } from '../adoption-ports.ts';
import type { AcceptResult, IntentContext } from '../ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, reader, wordReader } from './documents.ts';
import { insertOperation, supersede } from './operations.ts';
import { flag, integer, text } from './rows.ts';

const readStep = wordReader('step of an adoption', Compile(AdoptStep));
const readView = reader('view of an adoption', Compile(Adoption));
const readValues = reader('taken row', Compile(Type.Record(Type.String(), Type.String())));

/**
 * Takes a step of an adoption, if the one before it was taken: `manage` and `hand-back` need a claim that no hand-back has
 * ended, and a claim waits until a hand-back is over, which would else stay half done: all of ours stand meanwhile. A step
 * that is not taken changes nothing; the agent ends its operation as failed. A newer step takes the place of an open one.
 * What `manage` began stays begun until it was given back.
 */
export function acceptAdopt(
  connection: Connection,
  router: string,
  step: AdoptStep,
  context: IntentContext,
): AcceptResult {
  const { operation: id, at, actor, routers: known } = context;
  const before = headOf(connection, router);
  const isClaimed = before !== null && !(before.step === 'hand-back' && before.isSettled);
  const isTaken = step === 'claim' ? before?.step !== 'hand-back' || before.isSettled : isClaimed;
  // Who manages has claimed: there is nothing to take back but by a hand-back.
  const isHad = step === 'claim' && before?.step === 'manage';
  if (!isHad && isTaken) {
    if (before !== null) supersede(connection, before.operation, at, id);
    connection.run(
      `INSERT INTO adoptions (router, step, operation, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (router) DO UPDATE SET step = excluded.step, operation = excluded.operation, at = excluded.at,
         settled = 0, begun = CASE WHEN excluded.step = 'claim' THEN 0 ELSE begun END`,
      ...[router, step, id, at],
    );
  }
  const fresh = { id, subject: `router/${router}`, at, actor, known, kind: 'adopt' as const, names: [step] };
  const { operation, seq } = insertOperation(connection, {
    ...fresh,
    routers: isHad ? [] : [router],
    concerns: router,
  });
  return { outcome: 'accepted', created: false, operation, record: null, seq };
}

/** How far a router is, and what was taken there. Null before the first step. */
export function adoptionOf(connection: Connection, router: string): StoredAdoption | null {
  const head = headOf(connection, router);
  if (head === null) return null;
  return { ...head, taken: takenOf(connection, router) };
}

/** Keeps what rows were before they are changed; of one that is on record already this is what it is now. See the port. */
export function recordTaken(connection: Connection, router: string, rows: readonly TakenRow[]): void {
  for (const { menu, id, place, values } of rows)
    connection.run(
      `INSERT INTO taken_rows (router, menu, row, place, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (router, menu, row) DO UPDATE SET place = excluded.place, body = excluded.body`,
      ...[router, menu, id, place, canonicalJson(values)],
    );
}

export function noteBegun(connection: Connection, router: string, operation: string): void {
  connection.run('UPDATE adoptions SET begun = 1 WHERE router = ? AND operation = ?', router, operation);
}

/** After a hand-back nothing is kept. See the port. */
export function settleAdoption(connection: Connection, router: string, operation: string, seq: number): boolean {
  const head = headOf(connection, router);
  if (head?.operation !== operation) return true;
  if (head.step === 'hand-back' && hasRestoreAfter(connection, router, seq)) return false;
  connection.run('UPDATE adoptions SET settled = 1 WHERE router = ?', router);
  if (head.step !== 'hand-back') return true;
  connection.run('DELETE FROM taken_rows WHERE router = ?', router);
  connection.run('UPDATE adoptions SET begun = 0 WHERE router = ?', router);
  return true;
}

function hasRestoreAfter(connection: Connection, router: string, seq: number): boolean {
  const row = connection.get(
    `SELECT 1 FROM parts JOIN operations ON operations.id = parts.operation
     WHERE parts.router = ? AND parts.open = 1 AND operations.kind = 'restore' AND operations.seq > ? LIMIT 1`,
    ...[router, seq],
  );
  return row !== null;
}

/** Keeps what a pass saw; the time alone is no news. */
export function recordAdoptionView(connection: Connection, view: Adoption): void {
  const known = adoptionView(connection, view.router);
  if (known !== null && canonicalJson({ ...known, at: view.at }) === canonicalJson(view)) return;
  connection.run(
    'INSERT OR REPLACE INTO adoption_views (router, body) VALUES (?, ?)',
    view.router,
    canonicalJson(view),
  );
}

export function adoptionView(connection: Connection, router: string): Adoption | null {
  const row = connection.get('SELECT body FROM adoption_views WHERE router = ?', router);
  return row === null ? null : readView(text(row, 'body'));
}

function headOf(connection: Connection, router: string): Omit<StoredAdoption, 'taken'> | null {
  const row = connection.get('SELECT * FROM adoptions WHERE router = ?', router);
  if (row === null) return null;
  return {
    step: readStep(text(row, 'step')),
    operation: text(row, 'operation'),
    isBegun: flag(row, 'begun'),
    isSettled: flag(row, 'settled'),
  };
}

function takenOf(connection: Connection, router: string): readonly TakenRow[] {
  return connection
    .all('SELECT menu, row, place, body FROM taken_rows WHERE router = ? ORDER BY menu, place, row', router)
    .map((row) => ({
      menu: text(row, 'menu'),
      id: text(row, 'row'),
      place: integer(row, 'place'),
      values: readValues(text(row, 'body')),
    }));
}
