import { flatProfileRefusal } from './flat-profile.ts';
import type { FormatRule } from './rule.ts';

/**
 * Extensions 1 to 12, as the SPA303, 508G and 509G have names for; a phone with fewer ignores the others. Of all characters
 * its firmware reads the ASCII ones only (SPA901 provisioning guide p. 33).
 */
export const ciscoSpaRule: FormatRule = {
  lines: 12,
  // It appends nothing; it puts its MAC there (phones guide 1A).
  typedAfter: '$MA.xml',
  ciphers: ['aes-256-cbc'],
  refusal: (field, value) =>
    /[^\x20-\x7e]/.test(value)
      ? `cisco-spa: ${field} may hold ASCII characters only`
      : flatProfileRefusal('cisco-spa', field, value),
};
