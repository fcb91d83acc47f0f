/**
 * The functions that file encryption is made of. They come in as arguments, as everything does that the core cannot
 * compute by itself; each is a function of its arguments alone.
 */
export interface FilePrimitives {
  /** RFC 1321. */
  md5(bytes: Uint8Array): Uint8Array;
  /** RFC 2104 with SHA-256. */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** AES-256 in CBC mode with the padding of RFC 5652 §6.3; key of 32 octets, iv of 16. */
  aes256Cbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array;
  /** AES-128 block by block, without padding; key of 16 octets, plain a multiple of 16. */
  aes128Ecb(key: Uint8Array, plain: Uint8Array): Uint8Array;
  /** AEAD_AES_128_GCM of RFC 5116 without associated data: what is encrypted, and the tag of 16 octets after it. */
  aes128Gcm(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array;
}

/** Octets one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
