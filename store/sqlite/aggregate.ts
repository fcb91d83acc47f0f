import { isFinal, type Evidence, type OperationReason, type OperationState } from '../../schemas/operation.ts';
import { evidenceOfMany } from './many-routers.ts';

/** What one router has to do for an operation, and how far it is. */
export interface Part {
  readonly router: string;
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  readonly evidence: Evidence | null;
  readonly result: Evidence | null;
}

/** As little of a part as says how the whole stands. */
export type Standing = Pick<Part, 'state' | 'reason'>;

/** What the parts say for the whole. */
export type Spoken = Pick<Part, 'evidence' | 'result'>;

/** The states of a part that is pending, from least to most advanced. */
const PENDING = ['received', 'planned', 'applied'] as const satisfies readonly OperationState[];

export function isPartFinal({ state }: Pick<Part, 'state'>): boolean {
  return isFinal(state);
}

/**
 * The state of the whole: the least advanced of the parts that are pending; else held if any is held; else failed if any
 * part failed, so that what a person may still release is not over. Without parts there is nothing to wait for: verified.
 */
export function aggregate(parts: readonly Standing[]): Standing {
  const least = PENDING.find((state) => parts.some((part) => part.state === state));
  if (least !== undefined) return { state: least, reason: null };
  const stopped = parts.find(({ state }) => state === 'held') ?? parts.find(({ state }) => state === 'failed');
  if (stopped !== undefined) return { state: stopped.state, reason: stopped.reason };
  const isReplaced = parts.length > 0 && parts.every((part) => part.state === 'superseded');
  return { state: isReplaced ? 'superseded' : 'verified', reason: null };
}

/** One part speaks for the whole; of several those in its state are told apart by router. */
export function spoken(parts: readonly Part[], state: OperationState): Spoken {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { evidence: only.evidence, result: only.result };
  const told = parts.filter((part) => part.state === state);
  const gather = (pick: (part: Part) => Evidence | null): ReadonlyMap<string, Evidence> =>
    new Map(
      told.flatMap((part) => {
        const value = pick(part);
        return value === null ? [] : [[part.router, value] as const];
      }),
    );
  const results = gather((part) => part.result);
  return {
    evidence: evidenceOfMany(gather((part) => part.evidence)),
    result: results.size === 0 ? null : { routers: Object.fromEntries(results) },
  };
}
