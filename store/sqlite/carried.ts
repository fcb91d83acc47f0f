import type { Extension } from '../../schemas/extension.ts';
import { formatRefusal } from '../../schemas/phone-format.ts';
import type { PhoneVendor } from '../../schemas/phone.ts';

/** Why a vendor's format cannot carry an extension as one of its lines; null when it can. */
export function lineRefusal(vendor: PhoneVendor, number: string, extension: Extension): string | null {
  return (
    formatRefusal(vendor, 'number', number) ??
    formatRefusal(vendor, 'displayName', extension.displayName) ??
    (extension.authUser === undefined ? null : formatRefusal(vendor, 'authUser', extension.authUser))
  );
}

/** The same of a key, which was judged while it could be read. */
export function keyRefusal(
  vendor: PhoneVendor,
  key: { readonly refusedBy: readonly PhoneVendor[] } | null,
): string | null {
  return key?.refusedBy.includes(vendor) === true ? `${vendor}: its format cannot carry this sipKey` : null;
}
