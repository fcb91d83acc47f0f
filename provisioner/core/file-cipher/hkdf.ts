import { joined, type FilePrimitives } from './primitives.ts';

/** What HKDF is asked for here: no more than one block of the hash. */
export interface HkdfInput {
  readonly salt: Uint8Array;
  readonly keyingMaterial: Uint8Array;
  readonly info: Uint8Array;
  /** At most 32. */
  readonly octets: number;
}

/** HKDF with SHA-256 (RFC 5869 §2) for up to one block of output. */
export function hkdf(
  { hmacSha256 }: Pick<FilePrimitives, 'hmacSha256'>,
  { salt, keyingMaterial, info, octets }: HkdfInput,
): Uint8Array {
  if (octets > 32) throw new RangeError('HKDF: one block of 32 octets at most');
  const pseudorandomKey = hmacSha256(salt, keyingMaterial);
  return hmacSha256(pseudorandomKey, joined(info, Uint8Array.of(1))).subarray(0, octets);
}
