import { isFinal, type Evidence, type OperationReason, type OperationState } from '../../schemas/operation.ts';

/** What one router has to do for an operation, and how far it is. */
export interface Part {
  readonly router: string;
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  readonly evidence: Evidence | null;
  readonly result: Evidence | null;
}

export interface Aggregate {
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  readonly evidence: Evidence | null;
  readonly result: Evidence | null;
}

/** From least to most advanced; `held` and `failed` stand outside of the row. */
const ORDER: readonly OperationState[] = ['received', 'planned', 'applied', 'verified', 'superseded'];

export function isPartFinal({ state }: Pick<Part, 'state'>): boolean {
  return isFinal(state);
}

/**
 * The state of the whole: failed if any part failed, else held if any is held and none is pending, else the least
 * advanced of those that are not held. Without parts there is nothing to wait for: verified.
 */
export function aggregate(parts: readonly Part[]): Aggregate {
  const failed = parts.find((part) => part.state === 'failed');
  if (failed !== undefined) return { ...spoken(parts, 'failed'), state: 'failed', reason: failed.reason };
  const held = parts.find((part) => part.state === 'held');
  const moving = parts.filter((part) => part.state !== 'held');
  const isPending = moving.some((part) => !isPartFinal(part));
  if (held !== undefined && !isPending) return { ...spoken(parts, 'held'), state: 'held', reason: held.reason };
  const state = moving.reduce<OperationState>(
    (least, part) => (ORDER.indexOf(part.state) < ORDER.indexOf(least) ? part.state : least),
    parts.length > 0 && moving.every((part) => part.state === 'superseded') ? 'superseded' : 'verified',
  );
  return { ...spoken(parts, state), state, reason: null };
}

/** One part speaks for the whole; several are told apart by router. */
function spoken(parts: readonly Part[], state: OperationState): Pick<Aggregate, 'evidence' | 'result'> {
  const told = parts.filter((part) => part.state === state);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { evidence: only.evidence, result: only.result };
  const gather = (pick: (part: Part) => Evidence | null): Evidence | null => {
    const found = told.flatMap((part) => {
      const value = pick(part);
      return value === null ? [] : [[part.router, value] as const];
    });
    return found.length === 0 ? null : { routers: Object.fromEntries(found) };
  };
  return { evidence: gather((part) => part.evidence), result: gather((part) => part.result) };
}
