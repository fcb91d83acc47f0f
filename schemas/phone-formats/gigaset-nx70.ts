import type { FormatRule } from './rule.ts';

/** Gigaset N610, N670, N770, N870: the N610 has eight handsets, the fewest of them (Wazo, plugin-info). XML carries any text. */
export const gigasetNx70Rule: FormatRule = {
  lines: 8,
  refusal(field, value) {
    // %MACD and others stand for what the phone knows (teamwork.gigaset.com, page 785974523).
    if (field === 'provisioningUrl' && value.includes('%'))
      return `gigaset-nx70: ${field} holds a %, which the phone takes for a placeholder`;
    return null;
  },
};
