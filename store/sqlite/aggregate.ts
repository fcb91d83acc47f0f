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

/** The states of a part that is pending, from least to most advanced. */
const PENDING = ['received', 'planned', 'applied'] as const satisfies readonly OperationState[];

export function isPartFinal({ state }: Pick<Part, 'state'>): boolean {
  return isFinal(state);
}

/**
 * The state of the whole: the least advanced of the parts that are pending; else held if any is held; else failed if any
 * part failed, so that what a person may still release is not over. Without parts there is nothing to wait for: verified.
 */
export function aggregate(parts: readonly Part[]): Aggregate {
  const least = PENDING.find((state) => parts.some((part) => part.state === state));
  if (least !== undefined) return { ...spoken(parts, least), state: least, reason: null };
  const stopped = parts.find(({ state }) => state === 'held') ?? parts.find(({ state }) => state === 'failed');
  if (stopped !== undefined) return { ...spoken(parts, stopped.state), state: stopped.state, reason: stopped.reason };
  const state = parts.length > 0 && parts.every((part) => part.state === 'superseded') ? 'superseded' : 'verified';
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
