import type { FileCipher } from '../file-encryption.ts';

/** What of a phone's configuration a person writes; `transport` is that of the extension's registrar. */
export type FormatField = 'number' | 'displayName' | 'authUser' | 'sipKey' | 'domain' | 'transport' | 'provisioningUrl';

/** What a dialect can say. Beside these rules stand those that hold for all: nothing empty, no control characters. */
export interface FormatRule {
  /** How many lines it has names for. */
  readonly lines: number;
  /** What is to be typed after a URL of ours, by hand or in DHCP, for a phone that appends no file name of its own. */
  readonly typedAfter?: string;
  /** How its phones can read encrypted files; the first is what they are given where nobody says another. Left out: not at all. */
  readonly ciphers?: readonly [FileCipher, ...FileCipher[]];
  /**
   * Why it cannot carry a value exactly, or null when it can; begins with the name of the dialect. Never repeats the value:
   * it may be a key.
   */
  readonly refusal: (field: FormatField, value: string) => string | null;
}
