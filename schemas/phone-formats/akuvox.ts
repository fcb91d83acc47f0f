import type { FormatRule } from './rule.ts';

/** `name = value`, one a line. Account1 to Account3, which Tancredi writes for every model of its own. */
export const akuvoxRule: FormatRule = {
  lines: 3,
  refusal(field, value) {
    if (value !== value.trim()) return `akuvox: ${field} may not begin or end with a blank`;
    // Either begins a comment, and nobody says where in a line.
    return /[#;]/.test(value) ? `akuvox: ${field} may not hold # or ;` : null;
  },
};
