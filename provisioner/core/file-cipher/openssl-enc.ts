import { joined, utf8, type FilePrimitives } from './primitives.ts';

/** `openssl enc` takes that many octets of salt. */
export const OPENSSL_SALT_OCTETS = 8;

const [KEY_OCTETS, IV_OCTETS] = [32, 16];

/**
 * A file as `openssl enc -aes-256-cbc -md md5 -salt -k PASSPHRASE` writes it: `Salted__`, the salt, what is encrypted. Key and
 * IV come of EVP_BytesToKey with MD5 and one round, which was the command's default until OpenSSL 1.1.0, so that of all guides
 * that name the command without `-md`. MD5 matters little here, and one round neither: the pass phrase is 128 random bits,
 * nobody's word. CBC has no tag: a file that was changed on its way may decrypt to something else.
 */
export function opensslEnc(
  primitives: Pick<FilePrimitives, 'md5' | 'aes256Cbc'>,
  passphrase: string,
  salt: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  if (salt.length !== OPENSSL_SALT_OCTETS) throw new RangeError('openssl enc: a salt has 8 octets');
  const derived = bytesToKey(primitives, utf8(passphrase), salt);
  const [key, iv] = [derived.subarray(0, KEY_OCTETS), derived.subarray(KEY_OCTETS, KEY_OCTETS + IV_OCTETS)];
  return joined(utf8('Salted__'), salt, primitives.aes256Cbc(key, iv, plain));
}

/** EVP_BytesToKey(3) with one round: D_i = MD5(D_(i-1) ‖ passphrase ‖ salt), one after the other. */
function bytesToKey({ md5 }: Pick<FilePrimitives, 'md5'>, passphrase: Uint8Array, salt: Uint8Array): Uint8Array {
  let derived = new Uint8Array(0);
  for (let last = new Uint8Array(0); derived.length < KEY_OCTETS + IV_OCTETS;) {
    last = new Uint8Array(md5(joined(last, passphrase, salt)));
    derived = new Uint8Array(joined(derived, last));
  }
  return derived;
}
