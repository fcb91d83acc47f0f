import type { FormatRule } from './rule.ts';

/** A longer one makes a line of more than 537 bytes, which is ignored; an address is followed by `Config{MAC}.cfg`. */
const LONGEST_BYTES = 485;

/**
 * Lines 1 to 6: the KX-UT series has names for them (administrator guide of the KX-UT670, 5.2.1); a KX-HDV100 has one line.
 * A value stands between double quotes, and no guide says how one would stand in it. In an address `{MAC}` and the like
 * are macros.
 */
export const panasonicRule: FormatRule = {
  lines: 6,
  // What its own page wants; a path in DHCP too.
  typedAfter: 'Config{MAC}.cfg',
  refusal(field, value) {
    if (value.includes('"')) return `panasonic: ${field} may not hold a double quote`;
    if (new TextEncoder().encode(value).length > LONGEST_BYTES)
      return `panasonic: ${field} may not be longer than ${LONGEST_BYTES} bytes`;
    if (field === 'provisioningUrl' && /[{}]/.test(value)) return `panasonic: ${field} may not hold a macro`;
    return null;
  },
};
