import type { PhoneVendor } from '../../schemas/phone.ts';
import { macIn } from './phone-request.ts';

/** Of a subject or a subjectAltName (RFC 5280 §4.1.2.6, §4.2.1.6): its short name as OpenSSL has it, and its value. */
export interface CertificateName {
  readonly name: string;
  readonly value: string;
}

/**
 * Where a Cisco has its MAC address: `OU=CP-8841-3PCC, L=88012BA01234, S=000e08abcdef` (8800 MPP guide, "CA Client Root
 * Certificate"; SPA100 guide p. 43). L is the serial number and may look like a MAC address. Which attribute their `S` is
 * the guides do not say: `S` was surname to OpenSSL once, and state to others.
 */
const CISCO = ['ST', 'SN', 'S', 'serialNumber'];
/**
 * Yealink and Poly: the MAC address is the common name (phones guide 1E, each of one public source). Of the others no text
 * is at hand: common name and alternative names are taken by the same habit.
 */
const COMMON = ['CN', 'DNS', 'URI'];

/**
 * The MAC address that a factory certificate of this vendor is for; null where it names none, or more than one: a vendor's
 * generic certificate is on every phone that has none of its own, and is nobody's.
 */
export function certificateMac(vendor: PhoneVendor, names: readonly CertificateName[]): string | null {
  const places = vendor === 'cisco-spa' || vendor === 'cisco-mpp' ? CISCO : COMMON;
  const named = names.filter(({ name }) => places.includes(name)).flatMap(({ value }) => macIn(value) ?? []);
  const [mac, ...others] = new Set(named);
  return mac === undefined || others.length > 0 ? null : mac;
}
