/**
 * @import { Event } from '../../../schemas/event.ts'
 * @import { Operation } from '../../../schemas/operation.ts'
 */

/** As many as a reader looks at: the newest ones, and older ones that still wait for somebody. */
const KEPT = 100;
const KEPT_HELD = 100;

/**
 * One operation as its events tell it.
 *
 * @typedef {object} OperationRow
 * @property {string} id
 * @property {string} kind
 * @property {string} subject
 * @property {string} state
 * @property {string | null} reason
 * @property {readonly string[]} heldUnder Where the brake holds what it waits for; none where that is its own.
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
      heldUnder: wordsOf(data['heldUnder']),
      actor: wordOf(data['actor']) ?? known?.actor ?? null,
      at: isSame ? known.at : at,
      seq,
    });
  }
  return kept([...rows.values()]);
}

/**
 * Adds operations that were read as documents, because their events are older than those that were read.
 *
 * @param {readonly OperationRow[]} before
 * @param {readonly Operation[]} operations
 * @returns {readonly OperationRow[]}
 */
export function addOlder(before, operations) {
  const known = new Set(before.map((row) => row.id));
  const older = operations
    .filter(({ id }) => !known.has(id))
    .map(({ id, kind, subject, state, reason, history }) => ({
      id,
      kind,
      subject,
      state,
      reason: reason ?? null,
      heldUnder: heldUnderOf(history.at(-1)?.evidence),
      actor: null,
      at: history.at(-1)?.at ?? '',
      seq: 0,
    }));
  return kept([...before, ...older]);
}

/**
 * @param {readonly OperationRow[]} rows
 * @returns {readonly OperationRow[]}
 */
function kept(rows) {
  const sorted = [...rows].sort((a, b) => b.seq - a.seq || (a.at < b.at ? 1 : -1));
  const held = sorted.slice(KEPT).filter((row) => row.state === 'held');
  return [...sorted.slice(0, KEPT), ...held.slice(0, KEPT_HELD)];
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function wordOf(value) {
  return typeof value === 'string' ? value : null;
}

/**
 * @param {unknown} value
 * @returns {readonly string[]}
 */
function wordsOf(value) {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/**
 * The same of a document: its evidence tells it of one router, or of each by its name.
 *
 * @param {Readonly<Record<string, unknown>>} [evidence]
 * @returns {readonly string[]}
 */
function heldUnderOf(evidence = {}) {
  const { routers } = evidence;
  const parts = typeof routers === 'object' && routers !== null ? Object.values(routers) : [evidence];
  const names = parts.flatMap((/** @type {unknown} */ part) =>
    typeof part === 'object' && part !== null && 'heldUnder' in part ? wordsOf(part.heldUnder) : [],
  );
  return [...new Set(names)].sort();
}
