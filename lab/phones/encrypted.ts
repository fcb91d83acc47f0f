import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { LabAnswer } from './vendor.ts';

const MAGIC = 'Salted__';

/** Does this come encrypted, as far as its header or its first octets tell. */
export function isEncrypted({ body, contentEncoding }: LabAnswer): boolean {
  // All files of the lab's phones are text: `<?xml`, `#!version`.
  return contentEncoding === 'aes128gcm' || isSalted(body) || !/^[<#]/.test(body.toString('latin1', 0, 1));
}

/** Was this written by `openssl enc` with a salt. */
export function isSalted(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).toString('latin1') === MAGIC;
}

/** What `openssl enc -d -aes-256-cbc -md md5 -k PASSPHRASE` gives; null for what it fails at. */
export function opensslDecrypted(body: Buffer, passphrase: string): Buffer | null {
  if (!isSalted(body)) return null;
  const salt = body.subarray(8, 16);
  const blocks = [Buffer.alloc(0)];
  for (let at = 0; at < 3; at += 1) {
    const before = blocks.at(-1) ?? Buffer.alloc(0);
    blocks.push(createHash('md5').update(before).update(passphrase).update(salt).digest());
  }
  const material = Buffer.concat(blocks);
  return tried(() => {
    const cipher = createDecipheriv('aes-256-cbc', material.subarray(0, 32), material.subarray(32, 48));
    return Buffer.concat([cipher.update(body.subarray(16)), cipher.final()]);
  });
}

/** AES-128 block by block, without padding; null for another length of key or of file. */
export function ecbDecrypted(body: Buffer, key: string): Buffer | null {
  return tried(() => {
    const cipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(body), cipher.final()]);
  });
}

/** The content coding aes128gcm (RFC 8188 §2); null for what is not whole or is for another key. */
export function aes128gcmDecrypted(body: Buffer, keyingMaterial: string): Buffer | null {
  return tried(() => {
    const [salt, size, idLength] = [body.subarray(0, 16), body.readUInt32BE(16), body.readUInt8(20)];
    const derive = (info: string, length: number): Buffer =>
      Buffer.from(hkdfSync('sha256', keyingMaterial, salt, `Content-Encoding: ${info}\0`, length));
    const [key, nonce] = [derive('aes128gcm', 16), derive('nonce', 12)];
    const records = body.subarray(21 + idLength);
    const count = Math.ceil(records.length / size);
    const parts = Array.from({ length: count }, (_, at) => {
      const record = records.subarray(at * size, (at + 1) * size);
      const iv = Buffer.from(nonce);
      iv.writeUInt32BE((iv.readUInt32BE(8) ^ at) >>> 0, 8);
      const cipher = createDecipheriv('aes-128-gcm', key, iv).setAuthTag(record.subarray(-16));
      const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
      const end = plain.findLastIndex((octet) => octet !== 0);
      if (plain[end] !== (at === count - 1 ? 2 : 1)) throw new Error('a record ends where it may not');
      return plain.subarray(0, end);
    });
    return count === 0 ? null : Buffer.concat(parts);
  });
}

function tried(decrypt: () => Buffer | null): Buffer | null {
  try {
    return decrypt();
  } catch {
    return null;
  }
}
