import type { PlanillaReport } from '../../schemas/planilla.ts';
import type { AcceptResult, DesiredSubscriber, IdempotencyKey } from '../ports.ts';
import type { Operation } from '../../schemas/operation.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readAnswer, type StoredAnswer } from './documents.ts';
import { text } from './rows.ts';

/** Keys of whole generations are kept longer: a central may be away for days. */
export type KeyScope = 'intent' | 'generation';

/** The answer that a request with this key got before; `key-reused` when the key came with another request. */
export function findAnswer(
  connection: Connection,
  key: IdempotencyKey | undefined,
): StoredAnswer | 'key-reused' | null {
  if (key === undefined) return null;
  const row = connection.get(
    'SELECT fingerprint, answer FROM idempotency WHERE owner = ? AND key = ?',
    key.owner,
    key.key,
  );
  if (row === null) return null;
  return text(row, 'fingerprint') === key.fingerprint ? readAnswer(text(row, 'answer')) : 'key-reused';
}

/** Keeps an answer with its key, in the transaction of the change itself. */
export function recordAnswer(
  connection: Connection,
  key: IdempotencyKey | undefined,
  scope: KeyScope,
  at: number,
  answer: {
    readonly created: boolean;
    readonly operation: Operation | null;
    readonly record: DesiredSubscriber | null;
  },
): void {
  if (key === undefined) return;
  connection.run(INSERT_ANSWER, key.owner, key.key, key.fingerprint, scope, at, canonicalJson(answer));
}

/** A stored answer as the port gives it. */
export function replayed(answer: StoredAnswer): AcceptResult {
  return { outcome: 'replayed', ...answer };
}

/** What a planilla with this key was answered. */
export function readSheetAnswer(
  connection: Connection,
  key: IdempotencyKey,
): { readonly report: PlanillaReport } | 'key-reused' | null {
  const answer = findAnswer(connection, key);
  if (answer === null || answer === 'key-reused') return answer;
  return answer.report === undefined ? 'key-reused' : { report: answer.report };
}

/** Made before the transaction that keeps it: the report of a thousand rows is long. */
export function sheetAnswerJson(report: PlanillaReport): string {
  return canonicalJson({ created: false, operation: null, record: null, report });
}

/** Keeps the answer of a planilla with its key, in the transaction that writes it. */
export function recordSheetAnswer(connection: Connection, key: IdempotencyKey, at: number, answer: string): void {
  connection.run(INSERT_ANSWER, key.owner, key.key, key.fingerprint, 'intent', at, answer);
}

const INSERT_ANSWER = 'INSERT INTO idempotency (owner, key, fingerprint, scope, at, answer) VALUES (?, ?, ?, ?, ?, ?)';
