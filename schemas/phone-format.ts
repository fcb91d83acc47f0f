import type { PhoneVendor } from './phone.ts';

/** What of a phone's configuration a person writes. */
export type FormatField = 'number' | 'displayName' | 'authUser' | 'label' | 'sipKey';

/** Vendors whose formats this version writes. */
export const SERVED_VENDORS: readonly PhoneVendor[] = ['yealink', 'grandstream', 'snom'];

/**
 * Why a vendor's format cannot carry a value exactly, or null when it can: control asks before it accepts, the renderers
 * ask before they write, and a test holds both together with a real parser. A value is refused, never mangled. The rules
 * of the wire (no C0, no line breaks) stand in `plainText` and `SipKeyText`; here is what only one format cannot do.
 */
export function formatRefusal(vendor: PhoneVendor, field: FormatField, value: string): string | null {
  if (!SERVED_VENDORS.includes(vendor)) return null;
  // Yealink reads `key = value` and trims; an empty value keeps the old one and %NULL% clears it (phones guide 1C).
  if (vendor !== 'yealink') return null;
  if (value !== value.trim()) return `yealink: ${field} may not begin or end with a blank`;
  if (value.toUpperCase() === '%NULL%') return `yealink: %NULL% clears a value, it cannot be one (${field})`;
  return null;
}
