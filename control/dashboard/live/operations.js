/** @import { Event } from '../../../schemas/event.ts' */

/** As many as a reader looks at. */
const KEPT = 100;

/**
 * One operation as its events tell it.
 *
 * @typedef {object} OperationRow
 * @property {string} id
 * @property {string} kind
 * @property {string} subject
 * @property {string} state
 * @property {string | null} reason
 * @property {string | null} actor Who asked; null when that event is not among those read.
 * @property {string} at When it came into its present state.
 * @property {number} seq
 */

/**
 * The operations that these events tell of, newest change first. An operation that concerns several routers tells each
 * state once for each of them: it is one row.
 *
 * @param {readonly OperationRow[]} before
 * @param {readonly Event[]} events oldest first
 * @returns {readonly OperationRow[]}
 */
export function foldOperations(before, events) {
  const rows = new Map(before.map((row) => [row.id, row]));
  for (const { seq, at, type, subject, data } of events) {
    const id = data['operation'];
    if (!type.startsWith('operation.') || typeof id !== 'string') continue;
    const known = rows.get(id);
    if (known !== undefined && known.seq >= seq) continue;
    const state = type.slice('operation.'.length);
    const isSame = known?.state === state && known.reason === wordOf(data['reason']);
    rows.set(id, {
      id,
      kind: wordOf(data['kind']) ?? known?.kind ?? '',
      subject,
      state,
      reason: wordOf(data['reason']),
      actor: wordOf(data['actor']) ?? known?.actor ?? null,
      at: isSame ? known.at : at,
      seq,
    });
  }
  return [...rows.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT);
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function wordOf(value) {
  return typeof value === 'string' ? value : null;
}
