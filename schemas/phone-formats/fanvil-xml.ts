import type { FormatRule } from './rule.ts';

/**
 * Lines 1 to 12, as an X4U has them: the smallest of the U series that two peers provision. Larger models have more, smaller
 * ones leave aside what they do not have. XML carries any text.
 */
export const fanvilXmlRule: FormatRule = { lines: 12, refusal: () => null };
