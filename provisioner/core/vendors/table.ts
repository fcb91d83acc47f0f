import type { PhoneVendor } from '../../../schemas/phone.ts';
import { grandstream } from './grandstream.ts';
import type { VendorFormat } from './model.ts';
import { snom } from './snom.ts';
import { yealink } from './yealink.ts';

const FORMATS: ReadonlyMap<PhoneVendor, VendorFormat> = new Map(
  [yealink, grandstream, snom].map((format) => [format.vendor, format]),
);

/** How a vendor's phones are told things, or null for a vendor whose phones are not served. */
export function formatOf(vendor: PhoneVendor): VendorFormat | null {
  return FORMATS.get(vendor) ?? null;
}
