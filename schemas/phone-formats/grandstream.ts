import type { FormatRule } from './rule.ts';

/**
 * P-values of accounts 1 to 4 follow a rule, those of 5 and 6 another one, and what comes after differs by model (phones
 * guide 1B). XML carries any text.
 */
export const grandstreamRule: FormatRule = { lines: 6, ciphers: ['aes-256-cbc'], refusal: () => null };
