import type { Actor } from '../ports.ts';
import {
  isFinal,
  type Evidence,
  type Operation,
  type OperationKind,
  type OperationReason,
  type OperationState,
} from '../../schemas/operation.ts';
import { heldUnderOf } from '../../schemas/held-under.ts';
import { aggregate, isPartFinal, spoken } from './aggregate.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readEvidence, readHistory, readKind, readReason, readState } from './documents.ts';
import { appendJournal } from './journal.ts';
import { pastEvidence } from './many-routers.ts';
import { freshParts, heldUnderAmong, partsOf, standingsOf, writeParts, type Following } from './parts.ts';
import { sumOf } from './reissues.ts';
import { integer, text, textOrNull, type Row } from './rows.ts';
import type { WishFacet } from './subscribers.ts';

const MAX_HISTORY = 100;

/** What an accepted instruction becomes: an operation with one part for each router it concerns. */
export interface NewOperation extends Following {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subject: string;
  readonly at: number;
  readonly actor: Actor;
  /** The routers it concerns, and those of the configuration: others are held, `unknown-router`. */
  readonly routers: readonly string[];
  readonly known: readonly string[];
  /** Told in the journal to this router although it has no part in it. */
  readonly concerns?: string;
  /** It waits for a person from the start. */
  readonly holds?: OperationReason;
  readonly subscriber?: string;
  readonly facet?: WishFacet;
  readonly names?: readonly string[];
  readonly expectedCuts?: number | null;
  readonly result?: Evidence;
}

/** An operation as its row holds it. */
export interface OperationRow {
  readonly operation: Operation;
  readonly seq: number;
  readonly subscriber: string | null;
  readonly facet: string | null;
}

/** Inserts an operation with its parts; one that concerns no router has nothing to wait for and is verified. */
export function insertOperation(connection: Connection, fresh: NewOperation): OperationRow {
  const { id, kind, subject, at, actor, routers } = fresh;
  const parts = freshParts(routers, fresh.known, false);
  const { state, reason } =
    fresh.holds === undefined ? aggregate(parts) : { state: 'held' as const, reason: fresh.holds };
  const evidence = fresh.holds === undefined ? spoken(parts, state).evidence : null;
  const states = state === 'received' ? ([state] as const) : (['received', state] as const);
  const told = routers.length === 0 ? [fresh.concerns ?? null] : routers;
  const data = { operation: id, kind, actor: actor.name, via: actor.via };
  let seq = 0;
  for (const entered of states) {
    const entry = entered === 'received' || reason === null ? data : { ...data, reason };
    for (const router of told) {
      seq = appendJournal(connection, { at, type: `operation.${entered}`, subject, router, data: entry }, id);
    }
  }
  const operation: Operation = {
    id,
    kind,
    subject,
    state,
    history: states.map((entered) => ({
      state: entered,
      at: new Date(at).toISOString(),
      ...(entered === 'received' || evidence === null ? {} : { evidence }),
    })),
    ...(reason === null ? {} : { reason }),
    ...(fresh.result === undefined ? {} : { result: fresh.result }),
  };
  const { subscriber = null, facet = null, names = [], expectedCuts = null, result } = fresh;
  connection.run(
    `INSERT INTO operations (id, kind, subject, subscriber, facet, state, reason, result, history, names, expected_cuts, seq, accepted_at, open)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, kind, subject, subscriber, facet, state, reason],
    result === undefined ? null : canonicalJson(result),
    canonicalJson(operation.history),
    canonicalJson(names),
    ...[expectedCuts, seq, at, isFinal(state) ? 0 : 1],
  );
  writeParts(connection, id, parts, { ...fresh, isReleased: false });
  return { operation, seq, subscriber, facet };
}

export function readOperationRow(connection: Connection, id: string): OperationRow | null {
  const row = connection.get('SELECT * FROM operations WHERE id = ?', id);
  return row === null ? null : operationOf(row);
}

/** Operations in one of these states, the newest first. */
export function operationsIn(
  connection: Connection,
  states: readonly OperationState[],
  limit: number,
): readonly Operation[] {
  const marks = states.map(() => '?').join(', ');
  // Those that are over stand in an index by their age, so that a month of them is not sorted.
  const isOver = states.every(isFinal) ? 'open = 0 AND' : '';
  return connection
    .all(
      `SELECT * FROM operations WHERE ${isOver} state IN (${marks}) ORDER BY accepted_at DESC, id DESC LIMIT ?`,
      ...states,
      Math.max(0, limit),
    )
    .map((row) => operationOf(row).operation);
}

/** The newest operation about one facet of a subscriber. */
export function lastOperationOf(connection: Connection, subscriber: string, facet: WishFacet): OperationRow | null {
  const row = connection.get(
    'SELECT * FROM operations WHERE subscriber = ? AND facet = ? ORDER BY seq DESC LIMIT 1',
    subscriber,
    facet,
  );
  return row === null ? null : operationOf(row);
}

export function openOperationsAbout(connection: Connection, subscriber: string): readonly OperationRow[] {
  return connection
    .all('SELECT * FROM operations WHERE subscriber = ? AND open = 1 ORDER BY seq', subscriber)
    .map(operationOf);
}

/**
 * Brings an operation to what its parts say. A final state never changes; every change of state is journalled. While it
 * stays held what is told of it is kept as it is, and told anew when a part has news (`isNews`) and a person is to release
 * something else now: two hundred routers that go on one after the other would tell two hundred times of all of them.
 */
export function settle(connection: Connection, id: string, at: number, router?: string, isNews = false): void {
  const row = readOperationRow(connection, id);
  if (row === null || isFinal(row.operation.state)) return;
  const { state, reason } = aggregate(standingsOf(connection, id));
  const isToldAnew =
    state !== row.operation.state || (isNews && state === 'held' && isHeldElsewhere(connection, row.operation));
  if (!isToldAnew) {
    if (reason !== (row.operation.reason ?? null)) {
      connection.run('UPDATE operations SET reason = ? WHERE id = ?', reason, id);
    }
    return;
  }
  const parts = partsOf(connection, id);
  const { evidence, result } = spoken(parts, state);
  const isCounted = parts.some((part) => part.result?.['total'] !== undefined);
  const told = isCounted ? sumOf(connection, id) : result;
  connection.run(
    'UPDATE operations SET reason = ?, result = coalesce(?, result) WHERE id = ?',
    reason,
    told === null ? null : canonicalJson(told),
    id,
  );
  const routers = router === undefined ? parts.map((part) => part.router) : [router];
  enterState(connection, row.operation, state, at, routers, evidence);
}

/** True when the cuts that a held operation waits for are held under other names than it tells. */
function isHeldElsewhere(connection: Connection, { id, history }: Operation): boolean {
  const told = heldUnderOf(history.at(-1)?.evidence);
  return canonicalJson(told) !== canonicalJson(heldUnderAmong(connection, id));
}

/** Ends an operation that a newer instruction has replaced. */
export function supersede(connection: Connection, id: string, at: number, by: string): void {
  const row = readOperationRow(connection, id);
  if (row === null || isFinal(row.operation.state)) return;
  const routers = standingsOf(connection, id)
    .filter((part) => !isPartFinal(part))
    .map((part) => part.router);
  connection.run("UPDATE parts SET state = 'superseded', open = 0 WHERE operation = ? AND open = 1", id);
  connection.run('UPDATE operations SET reason = NULL WHERE id = ?', id);
  enterState(connection, row.operation, 'superseded', at, routers, { by });
}

function enterState(
  connection: Connection,
  { id, kind, subject, history }: Operation,
  state: OperationState,
  at: number,
  routers: readonly string[],
  evidence: Evidence | null,
): void {
  const last = history.at(-1);
  // It has been in this state since then, and is told in place of what is so no more.
  const isStill = last?.state === state;
  const since = isStill ? last.at : new Date(at).toISOString();
  const past = isStill ? history.slice(0, -1) : history.map(pastEntry);
  const entry = { state, at: since, ...(evidence === null ? {} : { evidence }) };
  connection.run(
    'UPDATE operations SET state = ?, history = ?, open = ? WHERE id = ?',
    state,
    canonicalJson(bounded([...past, entry])),
    isFinal(state) ? 0 : 1,
    id,
  );
  const reason = connection.get('SELECT reason FROM operations WHERE id = ?', id)?.['reason'] ?? null;
  const heldUnder = state === 'held' ? heldUnderOf(evidence ?? undefined) : [];
  const data = {
    ...{ operation: id, kind, state },
    ...(reason === null ? {} : { reason }),
    ...(heldUnder.length === 0 ? {} : { heldUnder }),
  };
  for (const router of routers.length === 0 ? [null] : routers) {
    appendJournal(connection, { at, type: `operation.${state}`, subject, router, data }, id);
  }
}

/** An operation that goes to and fro for days keeps how it began and its newest states; the journal has them all. */
function bounded(history: Operation['history']): Operation['history'] {
  return history.length <= MAX_HISTORY ? history : [...history.slice(0, 1), ...history.slice(1 - MAX_HISTORY)];
}

function pastEntry({ evidence, ...entry }: Operation['history'][number]): Operation['history'][number] {
  return evidence === undefined ? entry : { ...entry, evidence: pastEvidence(evidence) };
}

function operationOf(row: Row): OperationRow {
  const reason = textOrNull(row, 'reason');
  const result = textOrNull(row, 'result');
  return {
    operation: {
      id: text(row, 'id'),
      kind: readKind(text(row, 'kind')),
      subject: text(row, 'subject'),
      state: readState(text(row, 'state')),
      history: readHistory(text(row, 'history')),
      ...(reason === null ? {} : { reason: readReason(reason) }),
      ...(result === null ? {} : { result: readEvidence(result) }),
    },
    seq: integer(row, 'seq'),
    subscriber: textOrNull(row, 'subscriber'),
    facet: textOrNull(row, 'facet'),
  };
}
