import type { FormatRule } from './rule.ts';

/** GRP2601 to GRP2604, whose accounts 5 and 6 have other numbers than those of all other phones. */
export function isGrp260x(model: string | null): boolean {
  return /^(GRANDSTREAM)?GRP260\d/.test((model ?? '').toUpperCase().replace(/[^A-Z0-9]/g, ''));
}

/**
 * P-values of accounts 1 to 6. Of accounts 7 to 16, which a GRP2614 or GRP2616 has from P50601 on, the numbers of transport
 * and expiry are not known. XML carries any text.
 */
export const grandstreamRule: FormatRule = { lines: 6, ciphers: ['aes-256-cbc'], refusal: () => null };
