import type { FormatRule } from './rule.ts';

/** Yealink reads `key = value` and trims; an empty value keeps the old one and %NULL% clears it (phones guide 1C). */
export const yealinkRule: FormatRule = {
  // account.1 to account.16.
  lines: 16,
  ciphers: ['aes-128-ecb'],
  refusal(field, value) {
    if (value !== value.trim()) return `yealink: ${field} may not begin or end with a blank`;
    if (value.toUpperCase() === '%NULL%') return `yealink: %NULL% clears a value, it cannot be one (${field})`;
    return null;
  },
};
