import type { PhoneDialect } from '../../../schemas/phone-formats/dialect.ts';
import { PhoneVendor } from '../../../schemas/phone.ts';
import type { VendorFormat } from './model.ts';
import { FORMATS } from './table.ts';

/** Does a phone of this format ask for such a file as it starts; `*` of `asksFor` stands for letters and digits. */
export function isAskedFor(format: VendorFormat, name: string, mac: string, model: string | null): boolean {
  return format.asksFor(mac, model).some((pattern) => fits(pattern, name));
}

/** Whose phones ask for a file of this name, other than those of `own`: vendors, each once, in the table's order. */
export function vendorsAskingFor(name: string, mac: string, own: PhoneDialect): readonly PhoneVendor[] {
  const vendors = Object.values(FORMATS)
    .filter(({ dialect }) => dialect !== own)
    // A pattern without a letter of its own before the dot fits every name.
    .filter((format) => format.asksFor(mac, null).some((pattern) => !pattern.startsWith('*') && fits(pattern, name)))
    .flatMap(({ dialect }) => vendorOf(dialect) ?? []);
  return [...new Set(vendors)].filter((vendor) => vendor !== vendorOf(own));
}

function fits(pattern: string, name: string): boolean {
  // Nearly all are ruled out by how they begin, or are the name itself: in a boot storm this is asked for every phone.
  const [start = ''] = pattern.split('*', 1);
  if (name.slice(0, start.length).toLowerCase() !== start.toLowerCase()) return false;
  if (start === pattern) return name.length === pattern.length;
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[A-Za-z0-9]*')}$`, 'i').test(name);
}

function vendorOf(dialect: PhoneDialect): PhoneVendor | null {
  const vendors = PhoneVendor.anyOf.map((vendor) => vendor.const);
  return vendors.find((vendor) => dialect === vendor || dialect.startsWith(`${vendor}-`)) ?? null;
}
