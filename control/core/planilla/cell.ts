import { Owner } from '../../../schemas/extension.ts';
import { PhoneVendor } from '../../../schemas/phone.ts';

/** What a spreadsheet takes for a formula, wide forms too, behind blanks and our own marks. */
const FORMULA = /^['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** A cell that no spreadsheet runs as a formula: one `'` before what would be one. `unguarded` takes exactly that back. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

export function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

/** True for what a spreadsheet makes of digits that it took for a number: `1.00E+11`, `1,00E+11`. */
export function isMangledNumber(text: string): boolean {
  return /^[+-]?\d+([.,]\d+)?E\+\d+$/i.test(text);
}

/** True for a MAC address of digits alone that lost its leading zeros, or was written out as a number. */
export function isMangledMac(text: string): boolean {
  return isMangledNumber(text) || /^\d{5,11}([.,]0+)?$/.test(text);
}

const VENDORS: ReadonlyMap<string, string> = new Map([
  ...PhoneVendor.anyOf.map(({ const: vendor }) => [vendor, vendor] as const),
  ['polycom', 'poly'],
  ['aastra', 'mitel'],
]);
const OWNERS: ReadonlyMap<string, string> = new Map([
  ...Owner.anyOf.map(({ const: owner }) => [owner, owner] as const),
  ['cliente', 'customer'],
  ['proveedor', 'isp'],
]);
const WEB_ACCESS: ReadonlyMap<string, string> = new Map([
  ['delegar', 'delegate'],
  ['establecer', 'establish'],
]);
const YES_NO: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['si', true],
  ['sí', true],
  ['true', true],
  ['no', false],
  ['false', false],
]);

/** A vendor as people write it (`Cisco SPA`, `Polycom`); what is not known stays as it is, for the schema to refuse. */
export function vendorOf(text: string): string {
  return VENDORS.get(text.trim().toLowerCase().replace(/\s+/g, '-')) ?? text;
}

export function ownerOf(text: string): string {
  return OWNERS.get(text.trim().toLowerCase()) ?? text;
}

/** DELEGAR and ESTABLECER, as the provider's platform calls them, in either language. */
export function webAccessOf(text: string): string {
  const plain = text.trim().toLowerCase();
  return WEB_ACCESS.get(plain) ?? plain;
}

/** Yes or no in either language; what is neither stays text, for the schema to refuse. */
export function yesOrNo(text: string): boolean | string {
  return YES_NO.get(text.trim().toLowerCase().normalize('NFC')) ?? text;
}
