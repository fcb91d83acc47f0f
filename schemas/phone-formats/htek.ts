import type { FormatRule } from './rule.ts';

/**
 * P-values of accounts 1 to 6, as a UC903 has them: beyond these a server of their own has no name that a peer knows. XML
 * carries any text.
 */
export const htekRule: FormatRule = { lines: 6, refusal: () => null };
