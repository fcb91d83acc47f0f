import { flatProfileRefusal } from './flat-profile.ts';
import type { FormatRule } from './rule.ts';

/** Extensions 1 to 10, as the 8800 series has; a phone with fewer ignores the others. Its charset is UTF-8. */
export const ciscoMppRule: FormatRule = {
  lines: 10,
  refusal: (field, value) => flatProfileRefusal('cisco-mpp', field, value),
};
