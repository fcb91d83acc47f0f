import ipaddr from 'ipaddr.js';
import { Type, type Static } from 'typebox';

/** An IPv4 or IPv6 address or prefix as text; `parseAddress` decides whether it is one. */
export const AddressText = Type.String({ minLength: 2, maxLength: 43, description: 'IPv4 or IPv6 address or prefix' });
export type AddressText = Static<typeof AddressText>;

/** One parsed address or prefix. `text` is canonical: RFC 5952 for IPv6, host bits cleared, no /32 and no /128. */
export interface Address {
  readonly family: 4 | 6;
  readonly length: number;
  readonly bytes: readonly number[];
  readonly text: string;
}

/** Why an address may not be a subscriber's. */
export type AddressRefusal =
  'loopback' | 'link-local' | 'multicast' | 'unspecified' | 'broadcast' | 'prefix-too-short' | 'released-ip';

/** How an IPv4 address is spelled in IPv6 (`::ffff:10.0.0.1`, RFC 4291 §2.5.5.2). */
const MAPPED_PREFIX = 96;
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * Parses `ip` or `ip/len` strictly (no octal, no short forms, no zone). Returns null for anything else. An IPv4 address in
 * IPv6 spelling is that IPv4 address: it must not pass by what is refused or held under its own name.
 */
export function parseAddress(text: string): Address | null {
  const match = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text);
  const host = match?.[1];
  if (host === undefined) return null;
  // To be told that an IPv6 text is no IPv4 costs ipaddr.js an exception with its stack; a pass reads thousands.
  const isV4 = !host.includes(':') && ipaddr.IPv4.isValidFourPartDecimal(host);
  if (!isV4 && (!host.includes(':') || !ipaddr.IPv6.isValid(host))) return null;
  const full = isV4 ? 32 : 128;
  const length = match?.[2] === undefined ? full : Number(match[2]);
  if (length > full) return null;
  const bytes = (isV4 ? ipaddr.IPv4.parse(host) : ipaddr.IPv6.parse(host)).toByteArray();
  if (!isV4 && length >= MAPPED_PREFIX && MAPPED.every((byte, at) => byte === bytes[at])) {
    return addressOf(bytes.slice(MAPPED.length), length - MAPPED_PREFIX);
  }
  return addressOf(bytes, length);
}

function addressOf(bytes: readonly number[], length: number): Address {
  const masked = bytes.map((byte, at) => byte & maskByte(length, at));
  return { family: bytes.length === 4 ? 4 : 6, length, bytes: masked, text: printAddress(masked, length) };
}

/** True when every address of `inner` lies in `outer`; families never mix. */
export function contains(outer: Address, inner: Address): boolean {
  return (
    outer.family === inner.family &&
    outer.length <= inner.length &&
    outer.bytes.every((byte, at) => byte === ((inner.bytes[at] ?? 0) & maskByte(outer.length, at)))
  );
}

/** The prefix of that length around an address: `10.1.2.3` to 24 is `10.1.2.0/24`. A longer length leaves it as it is. */
export function truncate(address: Address, length: number): Address {
  if (length >= address.length) return address;
  const bytes = address.bytes.map((byte, at) => byte & maskByte(length, at));
  return { family: address.family, length, bytes, text: printAddress(bytes, length) };
}

/** True when the two share at least one address. */
export function overlaps(a: Address, b: Address): boolean {
  return contains(a, b) || contains(b, a);
}

/**
 * Why this address can never be a subscriber's, or null. Design §5.1: prefixes shorter than /24 or /48 are refused.
 * `declared` are the prefixes that the operator calls his subscribers': in them WispHub's 168.0.0.0/16 may be meant.
 */
export function refuseAddress(address: Address, declared: readonly Address[] = []): AddressRefusal | null {
  for (const { reason, range } of REFUSED) {
    if (!overlaps(range, address)) continue;
    if (reason !== 'released-ip' || !declared.some((prefix) => contains(prefix, address))) return reason;
  }
  return isTooShort(address) ? 'prefix-too-short' : null;
}

/** A prefix of so many addresses that it is no subscriber's: shorter than /24 or /48. */
export function isTooShort({ family, length }: Address): boolean {
  return length < (family === 4 ? 24 : 48);
}

function maskByte(length: number, at: number): number {
  const bits = Math.min(8, Math.max(0, length - at * 8));
  return (0xff << (8 - bits)) & 0xff;
}

function printAddress(bytes: readonly number[], length: number): string {
  const parsed = ipaddr.fromByteArray([...bytes]);
  const host = parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
  return length === bytes.length * 8 ? host : `${host}/${length}`;
}

const RANGES: readonly (readonly [AddressRefusal, string])[] = [
  ['unspecified', '0.0.0.0/8'],
  ['unspecified', '::/128'],
  ['loopback', '127.0.0.0/8'],
  ['loopback', '::1/128'],
  ['link-local', '169.254.0.0/16'],
  ['link-local', 'fe80::/10'],
  ['multicast', '224.0.0.0/4'],
  ['multicast', 'ff00::/8'],
  ['broadcast', '255.255.255.255/32'],
  // WispHub's "liberar IP" writes such an address when a client is cancelled; it is nobody's.
  ['released-ip', '168.0.0.0/16'],
];

/** Parsed once: every address of every pass is held against them. */
const REFUSED = RANGES.flatMap(([reason, text]) => {
  const range = parseAddress(text);
  return range === null ? [] : [{ reason, range }];
});
