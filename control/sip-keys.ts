import { PhoneDialect } from '../schemas/phone-formats/dialect.ts';
import { formatRefusal } from '../schemas/phone-formats/refusal.ts';
import { Secret } from '../schemas/secret.ts';
import type { NewKey } from '../store/phone-ports.ts';
import type { Fingerprint } from './fingerprint.ts';

/**
 * A SIP key as it goes into the store, made as soon as it was parsed: sealed there, it is never read again by control. So
 * what must be known of it is said now: whether it is the one that is set (its mark, keyed, under this number only), and
 * which dialects of phones cannot carry it.
 */
export function newKey(fingerprint: Fingerprint, number: string, text: string): NewKey {
  return {
    secret: new Secret(text),
    mark: fingerprint(['sip-key', number, text]),
    refusedBy: PhoneDialect.anyOf
      .map((dialect) => dialect.const)
      .filter((dialect) => formatRefusal(dialect, 'sipKey', text) !== null),
  };
}
