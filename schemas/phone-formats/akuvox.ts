import type { FormatRule } from './rule.ts';

/** `name = value`, one a line. Account1 to Account3, which Tancredi writes for every model of its own. */
export const akuvoxRule: FormatRule = {
  lines: 3,
  refusal: (field, value) => (value === value.trim() ? null : `akuvox: ${field} may not begin or end with a blank`),
};
