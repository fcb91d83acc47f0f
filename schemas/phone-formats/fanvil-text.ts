import type { FormatRule } from './rule.ts';

/**
 * Models of before `<sysConf>`, with their PoE variants (P): C56 to C62, X2, X3, X3S, X3G, X4, X4G, X5, X5G, H2, H5. Wazo
 * and FusionPBX give these an XML with the text's own names (`VOIP_CONFIG_FILE`), Tancredi the text itself. Everything else,
 * whatever it is called, is newer: X3SG, X3U, X4U, X5S, X5U, X6, X7, X210, V, W and i series.
 */
const TEXT_MODEL = /^(?:C(?:56|58|60|62)P?|X2[CP]?|X3(?:S?P?|G)|X[45]G?|H[25])$/;

/** Whether a model, as a person wrote its name, reads the text and not the XML. */
export function readsFanvilText(model: string): boolean {
  return TEXT_MODEL.test(model.toUpperCase().replace(/FANVIL|[^A-Z0-9]/g, ''));
}

/**
 * `name:value`, one a line. Lines SIP1 to SIP4, as X4 and C62 have them; those with two (C58, X3) leave aside what they do
 * not have.
 */
export const fanvilTextRule: FormatRule = {
  lines: 4,
  refusal(field, value) {
    if (value !== value.trim())
      return `fanvil-text: ${field} may not begin or end with a blank: names are padded with them`;
    // The marks of a part of the file, and of its end.
    return /<<|>>/.test(value) ? `fanvil-text: ${field} may not hold << or >>` : null;
  },
};
