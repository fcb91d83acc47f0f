import { ownerOf, printKey } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import type { DesiredChain, DesiredRow } from '../desired/rows.ts';
import { changedValues, diffOrder, hasForeignMatcher, idOf, type OrderChange } from './diff-order.ts';
import type { Anchor } from './step.ts';

/** Rows of ours that stand in our chain (or bear the key of one of its rules while a person moved them elsewhere). */
export function diffChain(observed: readonly Row[], chain: DesiredChain): readonly OrderChange[] {
  const keys = new Set(chain.rows.map((row) => printKey(row.key)));
  const ours = observed.filter((row) => {
    const key = ownerOf(row);
    return key !== null && (keys.has(printKey(key)) || (key.kind === 'rule' && row.get('chain') === chain.chain));
  });
  return diffOrder(ours, chain.rows);
}

/** Foreign, enabled rules inside a chain of ours: never touched, but they make it unsound. */
export function strangersIn(observed: readonly Row[], chain: DesiredChain): readonly Row[] {
  return observed.filter(
    (row) => row.get('chain') === chain.chain && ownerOf(row) === null && !isTrue(row.get('disabled')),
  );
}

/** Actions that let a packet go on to the next rule. */
const PASSING = new Set(['log', 'passthrough', 'add-src-to-address-list', 'add-dst-to-address-list', 'mark-packet']);

/**
 * A jump of ours among foreign rules: it is to stand above every enabled static rule that could decide before it. Where
 * it is missing or has sunk it goes before the chain's first static rule; dynamic rules at the top cannot be passed.
 */
export function diffJump(observed: readonly Row[], jump: DesiredRow): readonly OrderChange[] {
  const chain = jump.values['chain'] ?? '';
  const inChain = observed.filter((row) => row.get('chain') === chain && !isTrue(row.get('dynamic')));
  const ours = observed.filter((row) => {
    const key = ownerOf(row);
    return key !== null && printKey(key) === printKey(jump.key);
  });
  const [kept, ...doubles] = ours;
  // Doubles go last: one of them may be what still holds the door while the other is mended.
  const last = doubles.map((row): OrderChange => ({ kind: 'remove', key: jump.key, id: idOf(row) }));
  const others = inChain.filter((row) => !ours.includes(row));
  const top: Anchor = others[0] === undefined ? { by: 'end' } : { by: 'id', id: idOf(others[0]) };
  if (kept === undefined) return [{ kind: 'add', desired: jump, before: top }, ...last];
  if (hasForeignMatcher(kept, jump)) {
    return [{ kind: 'add', desired: jump, before: top }, { kind: 'remove', key: jump.key, id: idOf(kept) }, ...last];
  }
  const changes: OrderChange[] = [];
  if (isSunk(inChain, kept)) changes.push({ kind: 'move', desired: jump, id: idOf(kept), before: top });
  const values = changedValues(kept, jump);
  if (Object.keys(values).length > 0) changes.push({ kind: 'set', desired: jump, id: idOf(kept), values });
  return [...changes, ...last];
}

/** True also in another chain: set back into ours it would come alive wherever it happens to stand. */
function isSunk(inChain: readonly Row[], jump: Row): boolean {
  const at = inChain.indexOf(jump);
  if (at === -1) return inChain.length > 0;
  return inChain
    .slice(0, at)
    .some(
      (row) => ownerOf(row) === null && !isTrue(row.get('disabled')) && !PASSING.has(row.get('action') ?? 'accept'),
    );
}
