import { setImmediate } from 'node:timers/promises';
import type { ProblemDetail } from '../schemas/problem.ts';
import { SubscriberState } from '../schemas/subscriber.ts';
import { checkState, type PrefixesOf } from './core/check-subscriber.ts';
import { invalidRequest } from './http/problems.ts';
import { MAX_FAULTS, validatorOf } from './http/validate.ts';

/** Rows that are staged together. */
const CHUNK_ROWS = 500;
/** Rows that are checked between two breaths of the event loop: some 15 ms of work at the worst. */
const BREATH_ROWS = 100;

const validateRow = validatorOf(SubscriberState);

/** Compiles the check of a row. */
export function prepareRows(): void {
  validateRow(undefined);
}

/**
 * Checks rows of a snapshot or delta in chunks, and yields each chunk in canonical spelling. Other requests are served
 * meanwhile. Throws a 400 that names rows by pointer, once all rows or 50 faults were seen; the chunk with the first fault,
 * and those after it, are not yielded.
 */
export async function* checkedChunks(
  rows: readonly unknown[],
  pointer: string,
  now: number,
  prefixesOf: PrefixesOf,
): AsyncGenerator<readonly SubscriberState[]> {
  const faults: ProblemDetail[] = [];
  const firstAt = new Map<string, number>();
  let chunk: SubscriberState[] = [];
  for (const [at, row] of rows.entries()) {
    if (at % BREATH_ROWS === 0) await setImmediate();
    const checked = checkRow(row, `${pointer}/${String(at)}`, now, prefixesOf);
    faults.push(...checked.faults);
    if (faults.length >= MAX_FAULTS) break;
    if (checked.row === null) continue;
    const twin = firstAt.get(checked.row.id);
    if (twin !== undefined) {
      faults.push({ pointer: `${pointer}/${String(at)}/id`, detail: `is at ${pointer}/${String(twin)} already` });
    }
    firstAt.set(checked.row.id, at);
    chunk.push(checked.row);
    if (chunk.length < CHUNK_ROWS || faults.length > 0) continue;
    yield chunk;
    chunk = [];
  }
  if (faults.length > 0) throw invalidRequest(faults.slice(0, MAX_FAULTS));
  if (chunk.length > 0) yield chunk;
}

function checkRow(
  row: unknown,
  pointer: string,
  now: number,
  prefixesOf: PrefixesOf,
): { readonly row: SubscriberState | null; readonly faults: readonly ProblemDetail[] } {
  const valid = validateRow(row, pointer);
  if (!valid.ok) return { row: null, faults: valid.faults };
  const { value, faults } = checkState(valid.value, pointer, now, prefixesOf);
  return { row: value, faults };
}
