import { PLAIN_TEXT } from './extension.ts';
import type { PhoneVendor } from './phone.ts';

/** What of a phone's configuration a person writes. */
export type FormatField = 'number' | 'displayName' | 'authUser' | 'label' | 'sipKey' | 'domain' | 'provisioningUrl';

/** Vendors whose formats this version writes. */
export const SERVED_VENDORS: readonly PhoneVendor[] = ['yealink', 'grandstream', 'snom'];

/**
 * How many lines a vendor's format has names for, or null for a vendor that is not served: Yealink account.1–16, Snom
 * identities 1–12; Grandstream's P-values of accounts 1–4 follow a rule, those of 5 and 6 another one, and what comes
 * after differs by model (phones guide 1B).
 */
export function lineLimit(vendor: PhoneVendor): number | null {
  if (vendor === 'yealink') return 16;
  if (vendor === 'snom') return 12;
  return vendor === 'grandstream' ? 6 : null;
}

const PLAIN = new RegExp(PLAIN_TEXT, 'u');

/**
 * Why a vendor's format cannot carry a value exactly, or null when it can: control asks before it accepts, the renderers
 * ask before they write, and a test holds both together with a real parser. A value is refused, never mangled. The answer
 * never repeats the value: it may be a key.
 */
export function formatRefusal(vendor: PhoneVendor, field: FormatField, value: string): string | null {
  if (!SERVED_VENDORS.includes(vendor)) return null;
  // No file of these vendors tells the phone its label.
  if (field === 'label') return null;
  if (value === '') return `${vendor}: ${field} may not be empty: an empty value clears or keeps the old one`;
  if (!PLAIN.test(value)) return `${vendor}: ${field} holds a control character or a line break`;
  // Yealink reads `key = value` and trims; an empty value keeps the old one and %NULL% clears it (phones guide 1C).
  if (vendor !== 'yealink') return null;
  if (value !== value.trim()) return `yealink: ${field} may not begin or end with a blank`;
  if (value.toUpperCase() === '%NULL%') return `yealink: %NULL% clears a value, it cannot be one (${field})`;
  return null;
}
