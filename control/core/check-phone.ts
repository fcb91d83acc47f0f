import { canonicalMac, type Mac } from '../../schemas/ids.ts';
import { dialectOf } from '../../schemas/phone-formats/dialect.ts';
import type { FileEncryption } from '../../schemas/file-encryption.ts';
import { encryptionRefusal, fileCipherOf, formatRefusal } from '../../schemas/phone-formats/refusal.ts';
import type { Phone } from '../../schemas/phone.ts';
import type { ProblemDetail } from '../../schemas/problem.ts';

/** Of a token of ours, in hex digits: all of them are equally long. */
const TOKEN_LENGTH = 32;

/** A MAC address in any spelling: its twelve lower-case hex digits, or why no phone can have it. */
export function checkMac(
  mac: Mac,
): { readonly ok: true; readonly mac: string } | { readonly ok: false; readonly fault: ProblemDetail } {
  const canonical = canonicalMac(mac);
  const refuse = (detail: string): { readonly ok: false; readonly fault: ProblemDetail } => ({
    ok: false,
    fault: { pointer: '/mac', detail, in: 'path' },
  });
  if (/^0+$/.test(canonical)) return refuse('is no phone’s address: all digits are 0');
  // IEEE 802 §8.2.2: the lowest bit of the first octet marks a group address; broadcast is one too.
  if ((Number.parseInt(canonical.slice(0, 2), 16) & 1) === 1) return refuse('is a multicast address');
  return { ok: true, mac: canonical };
}

/** Why this version has no configuration for a phone, or null when it has. */
export function unserved(phone: Pick<Phone, 'vendor' | 'model'>): string | null {
  const { vendor, model = '' } = phone;
  if (dialectOf(phone) !== null) return null;
  return `${vendor} ${model} is not served: it reads none of the formats that this version writes for ${vendor}`;
}

/** Why a phone's dialect cannot carry the URLs that it would be given under this publicUrl, or null. */
export function misplaced(phone: Pick<Phone, 'vendor' | 'model'>, publicUrl: string): string | null {
  const dialect = dialectOf(phone);
  const token = '0'.repeat(TOKEN_LENGTH);
  return dialect === null
    ? null
    : formatRefusal(dialect, 'provisioningUrl', `${publicUrl.replace(/\/+$/, '')}/p/${token}/`);
}

/**
 * How the files of a phone are to go out from its next enrolment on: as it says itself, else as the site does. `off` where its
 * dialect knows no way, but for `required`; a site's `preferred` takes no phone along whose format no guide describes.
 */
export function encryptionOf(phone: Phone, site: FileEncryption): FileEncryption {
  const cipher = fileCipherOf(phone);
  if (phone.encryption === undefined && site === 'preferred' && cipher === 'aes-128-ecb') return 'off';
  const wanted = phone.encryption ?? site;
  return wanted === 'preferred' && cipher === null ? 'off' : wanted;
}

/** Why a phone cannot be enrolled as its encryption is wanted, or null. */
export function unreadable(phone: Phone, site: FileEncryption): string | null {
  return encryptionRefusal(phone, encryptionOf(phone, site));
}
