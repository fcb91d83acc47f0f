import { Type, type Static } from 'typebox';

const ID_PATTERN = '^[A-Za-z0-9._~-]{1,64}$';
const MAC_PATTERN = '^[0-9A-Fa-f]{2}([ :.-]?[0-9A-Fa-f]{2}){5}$|^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$';

/** An identifier on the wire: unreserved URL characters (RFC 3986 §2.3), so it needs no escaping in a path. */
export const Id = Type.String({
  pattern: ID_PATTERN,
  description: '1–64 of A–Z a–z 0–9 . _ ~ -',
  examples: ['norte-1'],
});
export type Id = Static<typeof Id>;

/** Any spelling of a MAC address comes in (design §5.1); `canonicalMac` gives the one that goes out. */
export const Mac = Type.String({
  pattern: MAC_PATTERN,
  description: 'a MAC address, e.g. AA:BB:CC:00:11:22',
});
export type Mac = Static<typeof Mac>;

const ID = new RegExp(ID_PATTERN);
const MAC = new RegExp(MAC_PATTERN);

/** The schemas' own verdict, for the cores, which compile no schemas. */
export function isId(text: string): boolean {
  return ID.test(text);
}

export function isMac(text: string): text is Mac {
  return MAC.test(text);
}

/** Twelve lower-case hex digits. */
export function canonicalMac(mac: Mac): string {
  const groups = mac.split(/[ :.-]/);
  // Some write a byte without its leading zero: `0:c:29:1:2:3`.
  const bytes = groups.length === 6 ? groups.map((byte) => byte.padStart(2, '0')) : groups;
  return bytes.join('').toLowerCase();
}

/** RFC 3339 with an offset; a naive time is refused, for it shifts the paid day (complaint 16 of the field). */
export const Instant = Type.String({
  pattern:
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$',
  description: 'RFC 3339 date-time with offset, e.g. 2026-03-01T08:00:00-03:00',
});
export type Instant = Static<typeof Instant>;
