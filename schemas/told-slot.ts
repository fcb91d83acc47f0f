/** Stands for whoever it is: an earlier version kept no record. No extension has such a number (`Id`). */
export const SOMEBODY = '*';

/**
 * One slot of a phone that its files have named: a line key, an account, a handset of a base. A slot that is in no record
 * was never named: what a person set up there is no matter of ours.
 */
export interface ToldSlot {
  /** 1 is the first. */
  readonly slot: number;
  /** Whom the phone's files give it; null: nobody any more. */
  readonly extension: string | null;
  /**
   * Who may still be there on the phone and is to go, until a whole fetch of a file that says so was recorded; null: nobody
   * else than `extension`. `SOMEBODY` where it is not known who.
   */
  readonly former: string | null;
}
