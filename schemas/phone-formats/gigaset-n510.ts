import type { FormatRule } from './rule.ts';

/** Every character has one byte of ISO-8859-1; what stands between U+007F and U+009F never comes here. */
const LATIN = /^[\u0020-\u00ff]*$/u;

/**
 * Gigaset N510: six accounts, as the C430 has. ISO-8859-1, as the first line of the vendor's own templates says. A text
 * stands in quotes inside an attribute; no source shows how a quote or a backslash is written there. Transports other than
 * UDP are set on its web page, under a name that no source gives.
 */
export const gigasetN510Rule: FormatRule = {
  lines: 6,
  refusal(field, value) {
    if (field === 'transport')
      return value === 'udp' ? null : `gigaset-n510: transport ${value} has no name here, its phones are told udp only`;
    if (!LATIN.test(value)) return `gigaset-n510: ${field} holds a character that ISO-8859-1 has not`;
    if (/["\\]/.test(value))
      return `gigaset-n510: ${field} holds a quote or a backslash, which has no written form here`;
    // %MACD and others stand for what the phone knows (teamwork.gigaset.com, page 785974523).
    if (field === 'provisioningUrl' && value.includes('%'))
      return `gigaset-n510: ${field} holds a %, which the phone takes for a placeholder`;
    return null;
  },
};
