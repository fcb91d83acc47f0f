import { AppError } from '../../schemas/app-error.ts';
import type { Follows, OpenOperation } from '../ports.ts';
import type { Evidence } from '../../schemas/operation.ts';
import type { Part, Standing } from './aggregate.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readEvidence, readKind, readNames, readReason, readState } from './documents.ts';
import { underOf } from './many-routers.ts';
import { flag, integer, integerOrNull, text, textOrNull } from './rows.ts';

/** By router, how a fresh part follows earlier operations, and what it does not stand for there. */
export interface Following {
  /** Routers where it stands for what earlier operations asked for too, and whether for nothing else. */
  readonly follows?: ReadonlyMap<string, Follows>;
  /** What was instructed by name after the snapshot was taken: `SUBSCRIBER/FACET`. */
  readonly overruled?: ReadonlyMap<string, readonly string[]>;
}

/** Gives a released operation its parts; a part for a router that the configuration does not have is held. */
export function insertReleasedParts(
  connection: Connection,
  operation: string,
  routers: readonly string[],
  known: readonly string[],
): void {
  writeParts(connection, operation, freshParts(routers, known, true), { isReleased: true });
}

export function freshParts(routers: readonly string[], known: readonly string[], isReleased: boolean): readonly Part[] {
  const nothing = { evidence: null, result: null };
  return routers.map((router) =>
    known.includes(router)
      ? { ...nothing, router, state: isReleased ? 'planned' : 'received', reason: null }
      : { ...nothing, router, state: 'held', reason: 'unknown-router', evidence: unknownRouter(router) },
  );
}

/** What is told of a router that nobody can read. */
export function unknownRouter(router: string): Evidence {
  return { router, detail: `router ${router} is not in the configuration` };
}

export function writeParts(
  connection: Connection,
  operation: string,
  parts: readonly Part[],
  { isReleased, follows, overruled }: { readonly isReleased: boolean } & Following,
): void {
  for (const { router, state, reason, evidence } of parts) {
    const following = follows?.get(router) ?? 'nothing';
    const left = following === 'nothing' ? undefined : overruled?.get(router);
    connection.run(
      'INSERT INTO parts (operation, router, state, reason, evidence, released, follows, overruled, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)',
      ...[operation, router, state, reason, evidence === null ? null : canonicalJson(evidence), isReleased ? 1 : 0],
      ...[following, left === undefined ? null : canonicalJson(left)],
    );
  }
}

/** The parts that a router still has to bring to an end, in the order they were accepted. */
export function openPartsOf(connection: Connection, router: string, subscriber?: string): readonly OpenOperation[] {
  const columns = `o.id, o.kind, o.subject, o.names, o.expected_cuts, o.seq, o.accepted_at, p.router, p.state, p.reason, p.released,
    p.follows, p.overruled, json_extract(p.evidence, '$.heldUnder') AS held_under, json_extract(p.result, '$.total') IS NOT NULL AS counted
    FROM parts p JOIN operations o ON o.id = p.operation WHERE p.router = ? AND p.open = 1`;
  const rows =
    subscriber === undefined
      ? connection.all(`SELECT ${columns} ORDER BY o.seq`, router)
      : connection.all(`SELECT ${columns} AND o.subscriber = ? ORDER BY o.seq`, router, subscriber);
  return rows.map((row) => {
    const reason = textOrNull(row, 'reason');
    return {
      id: text(row, 'id'),
      kind: readKind(text(row, 'kind')),
      subject: text(row, 'subject'),
      router: text(row, 'router'),
      state: readState(text(row, 'state')),
      reason: reason === null ? null : readReason(reason),
      seq: integer(row, 'seq'),
      acceptedAt: integer(row, 'accepted_at'),
      released: flag(row, 'released'),
      names: readNames(text(row, 'names')),
      expectedCuts: integerOrNull(row, 'expected_cuts'),
      isCounted: flag(row, 'counted'),
      follows: readFollows(text(row, 'follows')),
      overruled: namesIn(textOrNull(row, 'overruled')),
      heldUnder: namesIn(textOrNull(row, 'held_under')),
    };
  });
}

/** A list of a part's, such as its evidence's of where the cuts are held that it waits for; none where there is none. */
export function namesIn(list: string | null): readonly string[] {
  return list === null ? [] : readNames(list);
}

function readFollows(word: string): Follows {
  if (word === 'nothing' || word === 'beside' || word === 'alone') return word;
  throw new AppError('store-corrupt', `a part follows earlier operations in a way that is not known: ${word}`, {
    retryable: false,
  });
}

/** The routers that still have to bring an operation to an end. */
export function openRoutersOf(connection: Connection, operation: string): readonly string[] {
  return connection
    .all('SELECT router FROM parts WHERE operation = ? AND open = 1 ORDER BY router', operation)
    .map((row) => text(row, 'router'));
}

/** How an operation stands on each router: what is read often, without what each router has told of it. */
export function standingsOf(
  connection: Connection,
  operation: string,
): readonly (Standing & { readonly router: string })[] {
  return connection
    .all('SELECT router, state, reason FROM parts WHERE operation = ? ORDER BY router', operation)
    .map((row) => {
      const reason = textOrNull(row, 'reason');
      return {
        router: text(row, 'router'),
        state: readState(text(row, 'state')),
        reason: reason === null ? null : readReason(reason),
      };
    });
}

/** Where the cuts are held that the held parts of an operation wait for. */
export function heldUnderAmong(connection: Connection, operation: string): readonly string[] {
  const told = connection.all(
    "SELECT DISTINCT json_extract(evidence, '$.heldUnder') AS held_under FROM parts WHERE operation = ? AND state = 'held'",
    operation,
  );
  return underOf(told.map((row) => ({ heldUnder: namesIn(textOrNull(row, 'held_under')) })));
}

export function partsOf(connection: Connection, operation: string): readonly Part[] {
  return connection.all('SELECT * FROM parts WHERE operation = ? ORDER BY router', operation).map((row) => {
    const reason = textOrNull(row, 'reason');
    const evidence = textOrNull(row, 'evidence');
    const result = textOrNull(row, 'result');
    return {
      router: text(row, 'router'),
      state: readState(text(row, 'state')),
      reason: reason === null ? null : readReason(reason),
      evidence: evidence === null ? null : readEvidence(evidence),
      result: result === null ? null : readEvidence(result),
    };
  });
}
