import { flatProfileRefusal } from './flat-profile.ts';
import type { FormatRule } from './rule.ts';

/**
 * Extensions 1 to 10, as the 8800 series has; a phone with fewer ignores the others. Its charset is UTF-8 (MPP provisioning
 * formats, 2020; the 6800 guide of 2017 knew ASCII only).
 */
export const ciscoMppRule: FormatRule = {
  lines: 10,
  // It appends nothing; it puts its MAC there (phones guide 1A).
  typedAfter: '$MA.xml',
  ciphers: ['aes128gcm', 'aes-256-cbc'],
  refusal: (field, value) => flatProfileRefusal('cisco-mpp', field, value),
};
