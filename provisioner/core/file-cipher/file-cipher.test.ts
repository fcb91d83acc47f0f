import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import { FILE_PRIMITIVES } from '../../file-primitives.ts';
import { readRfc8188 } from '../vendors/test/readers/rfc8188.ts';
import { aes128gcm } from './aes128gcm.ts';
import { encryptFile } from './encrypt-file.ts';
import { fileSalt } from './file-salt.ts';
import { hkdf } from './hkdf.ts';
import { opensslEnc } from './openssl-enc.ts';

const KEY = 'a37d2fb9055c1d04883a0745eb0917a4';
const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');
/** Sizes around a block, a record, and none at all. */
const FILES = [0, 1, 15, 16, 17, 4078, 4079, 4080, 8158, 20_000].map((size) => Buffer.alloc(size, 'wisp-edge <P34>'));

test('HKDF gives what RFC 5869 A.1 and A.3 say, as far as one block goes', () => {
  const keyingMaterial = Buffer.alloc(22, 0x0b);
  const first = hkdf(FILE_PRIMITIVES, {
    keyingMaterial,
    salt: Buffer.from('000102030405060708090a0b0c', 'hex'),
    info: Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'),
    octets: 32,
  });
  expect(Buffer.from(first).toString('hex')).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf');
  const third = hkdf(FILE_PRIMITIVES, { keyingMaterial, salt: Buffer.alloc(0), info: Buffer.alloc(0), octets: 16 });
  expect(Buffer.from(third).toString('hex')).toBe('8da4e775a563c18f715f802a063c5a31');
  expect(() =>
    hkdf(FILE_PRIMITIVES, { keyingMaterial, salt: Buffer.alloc(0), info: Buffer.alloc(0), octets: 33 }),
  ).toThrow(/one block/);
});

test('aes128gcm gives the bytes of RFC 8188 §3.1, and the reader reads them and those of §3.2', () => {
  const plain = bytesOf('I am the walrus');
  const keyingMaterial = Buffer.from('yqdlZ-tYemfogSmv7Ws5PQ', 'base64url');
  const salt = Buffer.from('I1BsxtFttlv3u_Oo94xnmw', 'base64url');
  const body = Buffer.from(aes128gcm(FILE_PRIMITIVES, { keyingMaterial, salt, recordOctets: 4096 }, plain));
  expect(body.toString('base64url')).toBe('I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg');
  expect(plain.equals(readRfc8188(body, keyingMaterial))).toBe(true);
  const second = Buffer.from(
    'uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA',
    'base64url',
  );
  expect(plain.equals(readRfc8188(second, Buffer.from('BO3ZVPxUlnLORbVGMpbT1Q', 'base64url')))).toBe(true);
});

test('aes128gcm of any size is read back, in small records and in large ones', () => {
  const keyingMaterial = bytesOf(KEY);
  const salt = Buffer.alloc(16, 7);
  for (const plain of FILES)
    for (const recordOctets of plain.length < 100 ? [18, 25, 4096] : [4096]) {
      const body = Buffer.from(aes128gcm(FILE_PRIMITIVES, { keyingMaterial, salt, recordOctets }, plain));
      expect(plain.equals(readRfc8188(body, keyingMaterial))).toBe(true);
    }
});

test('what was changed, cut short or put in another order on its way, or is for another key, is not read', () => {
  const keyingMaterial = bytesOf(KEY);
  const plain = Buffer.alloc(64, 'file');
  const input = { keyingMaterial, salt: Buffer.alloc(16, 7), recordOctets: 33 };
  const body = Buffer.from(aes128gcm(FILE_PRIMITIVES, input, plain));
  const [head, first, second] = [body.subarray(0, 21), body.subarray(21, 54), body.subarray(54, 87)];
  const changed = Buffer.from(body);
  changed[30] = (changed[30] ?? 0) ^ 1;
  const spoilt = [
    changed,
    body.subarray(0, 87),
    Buffer.concat([head, second, first, body.subarray(87)]),
    Buffer.concat([head, second]),
  ];
  for (const wrong of spoilt) expect(() => readRfc8188(wrong, keyingMaterial)).toThrow();
  expect(() => readRfc8188(body, bytesOf(KEY.toUpperCase()))).toThrow();
  expect(() => aes128gcm(FILE_PRIMITIVES, { ...input, recordOctets: 17 }, plain)).toThrow(RangeError);
  expect(() => aes128gcm(FILE_PRIMITIVES, { ...input, salt: Buffer.alloc(8) }, plain)).toThrow(RangeError);
});

test('openssl enc gives golden bytes, which the openssl command makes too and reads', () => {
  const salt = Buffer.from('0123456789abcdef', 'hex');
  const made = Buffer.from(opensslEnc(FILE_PRIMITIVES, 'SecretPhrase1234', salt, bytesOf('<flat-profile/>\n')));
  expect(made.toString('hex')).toBe(
    '53616c7465645f5f0123456789abcdef6f76ac9c606a1d4a3e9ef32fbb2d8a238ba5a32cacf8bc7fbf4d87947b2c4181',
  );
  const args = ['-aes-256-cbc', '-md', 'md5', '-S', salt.toString('hex'), '-k', 'SecretPhrase1234'];
  // OpenSSL 3 leaves the head out when the salt was given to it.
  const theirs = openssl(['enc', '-e', ...args], bytesOf('<flat-profile/>\n'));
  expect(made.subarray(16).equals(theirs.subarray(theirs.length - (made.length - 16)))).toBe(true);
  expect(() => opensslEnc(FILE_PRIMITIVES, 'x', Buffer.alloc(16), Buffer.alloc(0))).toThrow(RangeError);
});

test('the openssl command reads files of any size as the guides of Cisco and Grandstream tell', () => {
  for (const plain of FILES) {
    const { bytes, headers } = encryptFile(FILE_PRIMITIVES, 'aes-256-cbc', new Secret(KEY), plain);
    expect(openssl(['enc', '-d', '-aes-256-cbc', '-md', 'md5', '-k', KEY], Buffer.from(bytes)).equals(plain)).toBe(
      true,
    );
    expect(headers).toEqual({ 'content-type': 'application/octet-stream' });
  }
});

test('a file for a Yealink is read by the openssl command, its last block filled with blanks', () => {
  const key = 'Zk3vQ9mT7xB2nR5c';
  for (const plain of FILES) {
    const { bytes, headers } = encryptFile(FILE_PRIMITIVES, 'aes-128-ecb', new Secret(key), plain);
    const args = ['enc', '-d', '-aes-128-ecb', '-nopad', '-K', bytesOf(key).toString('hex')];
    const read = openssl(args, Buffer.from(bytes)).toString();
    expect([read.trimEnd(), read.length % 16, headers]).toEqual([plain.toString().trimEnd(), 0, {}]);
  }
  expect(() => encryptFile(FILE_PRIMITIVES, 'aes-128-ecb', new Secret(KEY), bytesOf('x'))).toThrow(/16 characters/);
});

test('the same file has the same bytes each time; another file, key or cipher has another salt', () => {
  const salts = new Set<string>();
  for (const cipher of ['aes-256-cbc', 'aes128gcm'] as const)
    for (const key of [KEY, 'ff7d2fb9055c1d04883a0745eb0917a4'])
      for (const plain of FILES) {
        const encrypt = () => Buffer.from(encryptFile(FILE_PRIMITIVES, cipher, new Secret(key), plain).bytes);
        const bytes = encrypt();
        expect(encrypt().equals(bytes)).toBe(true);
        salts.add(`${cipher} ${bytes.subarray(cipher === 'aes128gcm' ? 0 : 8, 16).toString('hex')}`);
      }
  expect(salts.size).toBe(4 * FILES.length);
});

test('a salt tells nothing of the key: it is no hash of the file that anybody could make', () => {
  const plain = bytesOf('<P34>guess</P34>');
  const salt = Buffer.from(fileSalt(FILE_PRIMITIVES, KEY, plain, 16)).toString('hex');
  expect(salt).toMatch(/^[0-9a-f]{32}$/);
  expect(Buffer.from(FILE_PRIMITIVES.hmacSha256(bytesOf(KEY), plain)).toString('hex')).not.toContain(salt);
  expect(Buffer.from(FILE_PRIMITIVES.hmacSha256(new Uint8Array(0), plain)).toString('hex')).not.toContain(salt);
});

function openssl(args: readonly string[], input: Buffer): Buffer {
  return execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'ignore'] });
}
