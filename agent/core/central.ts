import type { CentralState } from '../../schemas/central.ts';

/** How a cut stands that is asked for now. */
export interface AskedCut {
  /** Its rows are on the router, or were seen there before. */
  readonly hasBegun: boolean;
  /** The brake let it through before. */
  readonly isAdmitted: boolean;
  /** Its operation is not at its end on this router: nothing proves that it ever stood. */
  readonly isOpen: boolean;
}

/**
 * True for a cut that must not start while the central platform was not heard for too long: what it asked for then may be
 * paid by now (I2). What has begun goes on, and what was verified is put right again when its rows are gone: that is no
 * new cut. One that was let through and whose rows were never seen is new all the same.
 */
export function waitsForCentral(state: CentralState, { hasBegun, isAdmitted, isOpen }: AskedCut): boolean {
  return state === 'stale' && !hasBegun && !(isAdmitted && !isOpen);
}
