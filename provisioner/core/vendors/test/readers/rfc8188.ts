import { createDecipheriv, hkdfSync } from 'node:crypto';

const [TAG, DELIMITER, LAST_DELIMITER] = [16, 1, 2];

/**
 * Reads the content coding `aes128gcm` as RFC 8188 §2 tells a recipient to, with Node's own HKDF: it shares nothing with the
 * encoder. Padding is taken off. Throws for what a recipient must refuse: a wrong key, a truncated or reordered body.
 */
export function readRfc8188(body: Uint8Array, keyingMaterial: Uint8Array): Uint8Array {
  const head = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [salt, recordSize, keyIdLength] = [body.subarray(0, 16), head.getUint32(16), head.getUint8(20)];
  if (recordSize < 18) throw new Error('record size below 18');
  const derived = (info: string, octets: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', keyingMaterial, salt, `Content-Encoding: ${info}\0`, octets));
  const [key, base] = [derived('aes128gcm', 16), derived('nonce', 12)];
  const content: number[] = [];
  for (let at = 21 + keyIdLength, sequence = 0; ; at += recordSize, sequence += 1) {
    const record = body.subarray(at, at + recordSize);
    const nonce = base.map((octet, place) => octet ^ (place < 8 ? 0 : (sequence >>> (8 * (11 - place))) & 0xff));
    const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG });
    decipher.setAuthTag(record.subarray(-TAG));
    const plain = [...decipher.update(record.subarray(0, -TAG)), ...decipher.final()];
    const end = plain.findLastIndex((octet) => octet !== 0);
    const isLast = at + recordSize >= body.length;
    if (plain[end] !== (isLast ? LAST_DELIMITER : DELIMITER)) throw new Error('not where a record may end');
    content.push(...plain.slice(0, end));
    if (isLast) return Uint8Array.from(content);
  }
}
