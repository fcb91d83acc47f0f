import type { FileCipher } from '../../../schemas/file-encryption.ts';
import type { Secret } from '../../../schemas/secret.ts';
import { AES128GCM_RECORD_OCTETS, AES128GCM_SALT_OCTETS, aes128gcm } from './aes128gcm.ts';
import { fileSalt } from './file-salt.ts';
import { OPENSSL_SALT_OCTETS, opensslEnc } from './openssl-enc.ts';
import { yealinkCfg } from './yealink-cfg.ts';
import { utf8, type FilePrimitives } from './primitives.ts';

/** A file as it goes out under a key. */
export interface EncryptedFile {
  readonly bytes: Uint8Array;
  /** What its answer says of it, in place of what a plain one says. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Encrypts a file for the phone that has this key. The same file and key give the same bytes. */
export function encryptFile(
  primitives: FilePrimitives,
  cipher: FileCipher,
  fileKey: Secret,
  plain: Uint8Array,
): EncryptedFile {
  const key = fileKey.reveal();
  const saltOf = (octets: number): Uint8Array => fileSalt(primitives, key, plain, octets);
  switch (cipher) {
    case 'aes-256-cbc':
      return {
        bytes: opensslEnc(primitives, key, saltOf(OPENSSL_SALT_OCTETS), plain),
        headers: { 'content-type': 'application/octet-stream' },
      };
    case 'aes-128-ecb':
      return { bytes: yealinkCfg(primitives, key, plain), headers: {} };
    case 'aes128gcm':
      return {
        bytes: aes128gcm(
          primitives,
          { keyingMaterial: utf8(key), salt: saltOf(AES128GCM_SALT_OCTETS), recordOctets: AES128GCM_RECORD_OCTETS },
          plain,
        ),
        // RFC 8188 §2: a content coding, so the type stays that of the file.
        headers: { 'content-encoding': 'aes128gcm' },
      };
  }
}
