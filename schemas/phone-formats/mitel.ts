import type { FormatField, FormatRule } from './rule.ts';

/** Of what identifies a line: 20 alphanumeric characters, each a byte (41-001343-02 p. 3-36). What is longer may be cut. */
const MOST_BYTES = 20;
const UTF8 = new TextEncoder();
const LIMITED: ReadonlySet<FormatField> = new Set<FormatField>(['number', 'displayName', 'authUser', 'sipKey']);
const PLACE = /^https?:\/\/[^/?#@:[\]]+(:\d{1,5})?(\/[^?]*)?$/;

/**
 * Mitel and Aastra read `name: value` and trim; `#` opens a comment, quotes may stand around a value, and neither has an
 * escape. `^` and `!` are prefixes. A server's name, port and path stand in parameters of their own.
 */
export const mitelRule: FormatRule = {
  // sip line1 to sip line9: what every series has names for.
  lines: 9,
  refusal(field, value) {
    if (value !== value.trim()) return `mitel: ${field} may not begin or end with a blank`;
    if (/^[!^]/.test(value)) return `mitel: ${field} may not begin with ! or ^, which are prefixes`;
    if (/[#"]/.test(value)) return `mitel: ${field} may not hold # or ": one opens a comment, the other a quotation`;
    if (field === 'provisioningUrl' && !PLACE.test(value))
      return `mitel: ${field} needs a host name or an IPv4 address, and no more than a port and a path after it`;
    if (LIMITED.has(field) && UTF8.encode(value).length > MOST_BYTES)
      return `mitel: ${field} may have ${MOST_BYTES} bytes of UTF-8 at most`;
    return null;
  },
};
