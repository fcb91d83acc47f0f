import { hkdf } from './hkdf.ts';
import { utf8, type FilePrimitives } from './primitives.ts';

/**
 * The salt of an encrypted file, made from the phone's key and the file itself, so that the same file has the same bytes each
 * time: rendered ahead, at every start, on every box (design §4). A salt has to differ between files of one key, not to be
 * unforeseen: it decides the AES key with the IV or nonce, and two files must not share those. Here two different files get
 * the same salt no sooner than a keyed hash gives the same output twice (one pair in 2^64 for `openssl enc`, in 2^128 for
 * RFC 8188), which no site's number of files comes near; what they would then show is, with CBC, where they begin to differ.
 * Who has not the key cannot compute it from a guessed file, for HMAC is keyed with a key of its own, which HKDF sets apart
 * from those that encrypt. What it does tell is that a file came again, and so does its ETag. This is the synthetic IV of
 * RFC 5297 §1.3.2, by other functions.
 */
export function fileSalt(
  primitives: Pick<FilePrimitives, 'hmacSha256'>,
  key: string,
  plain: Uint8Array,
  octets: number,
): Uint8Array {
  const saltKey = hkdf(primitives, {
    salt: new Uint8Array(0),
    keyingMaterial: utf8(key),
    info: utf8('wisp-edge phone file salt'),
    octets: 32,
  });
  return primitives.hmacSha256(saltKey, plain).subarray(0, octets);
}
