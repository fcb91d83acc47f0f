import type { FormatRule } from './rule.ts';

/** GXV3450, GXV3470, GXV3480: sixteen accounts each, all named by one rule. XML carries any text. */
export const grandstreamAliasesRule: FormatRule = { lines: 16, refusal: () => null };
