import { formatRefusal } from '../schemas/phone-format.ts';
import { PhoneVendor } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
import type { NewKey } from '../store/phone-ports.ts';
import type { Fingerprint } from './fingerprint.ts';

/**
 * A SIP key as it goes into the store, made as soon as it was parsed: sealed there, it is never read again by control. So
 * what must be known of it is said now: whether it is the one that is set (its mark, keyed, under this number only), and
 * which vendors' formats cannot carry it.
 */
export function newKey(fingerprint: Fingerprint, number: string, text: string): NewKey {
  return {
    secret: new Secret(text),
    mark: fingerprint(['sip-key', number, text]),
    refusedBy: PhoneVendor.anyOf
      .map((vendor) => vendor.const)
      .filter((vendor) => formatRefusal(vendor, 'sipKey', text) !== null),
  };
}
