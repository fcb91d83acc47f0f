import type { FormatRule } from './rule.ts';

/**
 * Registrations 1 to 12, as many as a VVX 400 or 500 has line keys; a VVX 300 shows six, and the names go on to 34 (UC
 * Software guides, `reg.x`). Parameters are attributes of XML, which carry any text.
 */
export const polyRule: FormatRule = { lines: 12, refusal: () => null };
