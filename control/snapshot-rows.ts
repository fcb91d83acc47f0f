import { setImmediate } from 'node:timers/promises';
import type { ProblemDetail } from '../schemas/problem.ts';
import { SubscriberState } from '../schemas/subscriber.ts';
import { checkState } from './core/check-subscriber.ts';
import { invalidRequest } from './http/problems.ts';
import { MAX_FAULTS, validatorOf } from './http/validate.ts';

/** Rows between two breaths of the event loop, and in one transaction of the store. */
export const CHUNK_ROWS = 500;

const validateRow = validatorOf(SubscriberState);

/**
 * Checks rows of a snapshot or delta in chunks, and yields each chunk in canonical spelling. Other requests are served
 * between chunks. Throws a 400 that names rows by pointer, once all rows or 50 faults were seen; until then nothing of the
 * chunk with a fault, nor of those after it, is yielded.
 */
export async function* checkedChunks(
  rows: readonly unknown[],
  pointer: string,
  now: number,
): AsyncGenerator<readonly SubscriberState[]> {
  const faults: ProblemDetail[] = [];
  const firstAt = new Map<string, number>();
  for (let from = 0; from < rows.length && faults.length < MAX_FAULTS; from += CHUNK_ROWS) {
    const chunk: SubscriberState[] = [];
    rows.slice(from, from + CHUNK_ROWS).forEach((row, offset) => {
      const at = from + offset;
      const checked = checkRow(row, `${pointer}/${String(at)}`, now);
      faults.push(...checked.faults);
      if (checked.row === null) return;
      const twin = firstAt.get(checked.row.id);
      if (twin !== undefined) {
        faults.push({ pointer: `${pointer}/${String(at)}/id`, detail: `is at ${pointer}/${String(twin)} already` });
      }
      firstAt.set(checked.row.id, at);
      chunk.push(checked.row);
    });
    if (faults.length === 0) yield chunk;
    await setImmediate();
  }
  if (faults.length > 0) throw invalidRequest(faults.slice(0, MAX_FAULTS));
}

function checkRow(
  row: unknown,
  pointer: string,
  now: number,
): { readonly row: SubscriberState | null; readonly faults: readonly ProblemDetail[] } {
  const valid = validateRow(row, pointer);
  if (!valid.ok) return { row: null, faults: valid.faults };
  const { value, faults } = checkState(valid.value, pointer, now);
  return { row: value, faults };
}
