import type { FormatRule } from './rule.ts';

/** Identities 1 to 12. XML carries any text. */
export const snomRule: FormatRule = { lines: 12, refusal: () => null };
