import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenStream, decodeLength, encodeLength, encodeSentence, SentenceReader } from './codec.ts';

const hex = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('hex');

test('lengths take the five forms at their borders', () => {
  const forms: readonly (readonly [number, string])[] = [
    [0, '00'],
    [0x7f, '7f'],
    [0x80, '8080'],
    [0x3fff, 'bfff'],
    [0x4000, 'c04000'],
    [0x1fffff, 'dfffff'],
    [0x200000, 'e0200000'],
    [0xfffffff, 'efffffff'],
    [0x10000000, 'f010000000'],
    [0xffffffff, 'f0ffffffff'],
  ];
  for (const [length, bytes] of forms) {
    expect(hex(encodeLength(length))).toBe(bytes);
    expect(decodeLength(Buffer.from(bytes, 'hex'), 0)).toEqual({ length, size: bytes.length / 2 });
  }
});

test('a control byte breaks the stream', () => {
  for (const byte of [0xf8, 0xfe, 0xff]) expect(() => new SentenceReader().push(Buffer.of(byte))).toThrow(BrokenStream);
});

test('an absurd length breaks the stream instead of eating the memory', () => {
  expect(() => new SentenceReader().push(Buffer.from('f0ffffffff', 'hex'))).toThrow(BrokenStream);
});

test('empty sentences are passed over', () => {
  const bytes = Buffer.from('\0\0' + encodeSentence(['/login']) + '\0', 'latin1');
  expect(new SentenceReader().push(bytes)).toEqual([['/login']]);
});

const word = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.constantFrom(0x3fff, 0x4000, 0x4001).map((n) => new Uint8Array(n)),
  )
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

test('any sentences cut anywhere come out whole', () => {
  const sentences = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      sentences,
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
      (given, sizes) => {
        const bytes = Buffer.from(given.map(encodeSentence).join(''), 'latin1');
        const reader = new SentenceReader();
        const got: string[][] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          got.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(got).toEqual(given);
        expect(reader.pending).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('one byte at a time is read like one piece', () => {
  const given = [['/ip/address/print', '=.proplist=.id', 'x'.repeat(0x90)], ['!done']];
  const reader = new SentenceReader();
  const got = [...Buffer.from(given.map(encodeSentence).join(''), 'latin1')].flatMap((byte) =>
    reader.push(Uint8Array.of(byte)),
  );
  expect(got).toEqual(given);
});
