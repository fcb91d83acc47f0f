import type { Adoption, AdoptStep } from '../schemas/adoption.ts';

/** A row of somebody else's as it was before the agent changed it. */
export interface TakenRow {
  readonly menu: string;
  /** RouterOS's own id; empty for the settings of a menu without rows. */
  readonly id: string;
  /** Its position in its menu. */
  readonly place: number;
  readonly values: Readonly<Record<string, string>>;
}

/** How far a router is on its way from WispHub to us, or back. */
export interface StoredAdoption {
  readonly step: AdoptStep;
  /** Who asked for this step. */
  readonly operation: string;
  readonly isBegun: boolean;
  readonly isSettled: boolean;
  readonly taken: readonly TakenRow[];
}

/** Rows without a mark of ours, by what they say, and since when each is known (ms; 0: since the first look). */
export interface UnmarkedRows {
  readonly since: ReadonlyMap<string, number>;
  /** False before the first look. */
  readonly isLookedAt: boolean;
  /** When a user of WispHub was last seen logged in, ms; null for never. */
  readonly loggedInAt: number | null;
}

/** What a look changed of `UnmarkedRows`. */
export interface UnmarkedNews {
  readonly at: number;
  readonly appeared: ReadonlyMap<string, number>;
  readonly gone: readonly string[];
  readonly loggedInAt: number | null;
}

/** What the agent asks of the store to take a router over from WispHub. */
export interface AdoptionStore {
  /** On disk before the rows are changed; a row that is on record already is kept as it is told now. */
  recordTaken(router: string, rows: readonly TakenRow[]): Promise<void>;
  /** The step of this operation has begun to write; a newer step is not touched. */
  noteBegun(router: string, operation: string): Promise<void>;
  /**
   * The step of this operation is over. False, and nothing noted, for a hand-back while a restore is open that was
   * accepted after `seq`: who it is for is still ours to open.
   */
  settleAdoption(router: string, operation: string, seq: number): Promise<boolean>;
  recordAdoptionView(view: Adoption): Promise<void>;
  unmarkedRows(router: string): Promise<UnmarkedRows>;
  noteUnmarked(router: string, news: UnmarkedNews): Promise<void>;
}
