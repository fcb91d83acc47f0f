import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { FilePrimitives } from './core/file-cipher/primitives.ts';

/** What file encryption is made of, by Node's own OpenSSL. */
export const FILE_PRIMITIVES: FilePrimitives = {
  md5: (bytes) => createHash('md5').update(bytes).digest(),
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  aes256Cbc(key, iv, plain) {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([cipher.update(plain), cipher.final()]);
  },
  aes128Ecb(key, plain) {
    const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.final()]);
  },
  aes128Gcm(key, nonce, plain) {
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
};
