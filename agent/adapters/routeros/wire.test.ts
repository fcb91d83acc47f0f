import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSentence, SentenceDecoder } from './wire.ts';

/** MikroTik manual "API", table of length encodings, at each of its borders that a test can hold in memory. */
test.each([
  [1, '01'],
  [0x7f, '7f'],
  [0x80, '8080'],
  [0x3fff, 'bfff'],
  [0x4000, 'c04000'],
  [0x1_0000, 'c10000'],
])('a word of %i bytes begins with %s', (length, prefix) => {
  const bytes = encodeSentence(['x'.repeat(length)]);
  expect(bytes.subarray(0, prefix.length / 2).toString('hex')).toBe(prefix);
  expect(bytes).toHaveLength(prefix.length / 2 + length + 1);
});

test('the bytes of a sentence', () => {
  expect(encodeSentence(['/login', '=name=é']).toString('hex')).toBe('062f6c6f67696e073d6e616d653de900');
});

test.each([
  ['e0200000', 0x20_0000],
  ['f010000000', 0x1000_0000],
  ['f7ffffffff', 0xffff_ffff],
])('the length %s is read, and too long', (prefix, length) => {
  expect(() => new SentenceDecoder().push(Buffer.from(prefix, 'hex'))).toThrow(`a word of ${length} bytes`);
});

test('the long forms are read where the limit allows', () => {
  const limits = { maxWordBytes: 4 << 20, maxSentenceBytes: 8 << 20, maxSentenceWords: 10 };
  const word = 'y'.repeat(0x20_0000);
  const [sentence] = new SentenceDecoder(limits).push(
    Buffer.concat([Buffer.from('e0200000', 'hex'), Buffer.from(word), Buffer.from([0])]),
  );
  expect(sentence?.[0] === word).toBe(true);
});

test('any sentences come out of any chunks', () => {
  const word = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc.uint8Array({ minLength: 120, maxLength: 140 }),
    fc.uint8Array({ minLength: 0x3ffe, maxLength: 0x4002 }),
  );
  const text = word.map((bytes) => Buffer.from(bytes).toString('latin1'));
  const sentences = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      sentences,
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }),
      (all, sizes) => {
        const bytes = Buffer.concat(all.map((words) => encodeSentence(words)));
        const decoder = new SentenceDecoder();
        const seen: string[][] = [];
        for (let at = 0, n = 0; at < bytes.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1;
          // A fresh copy each time: the decoder must not rely on the chunk after push.
          const chunk = Buffer.from(bytes.subarray(at, at + size));
          seen.push(...decoder.push(chunk));
          chunk.fill(0xff);
          at += size;
        }
        expect(seen).toEqual(all);
        expect(decoder.isAtBoundary).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test('empty sentences are passed over', () => {
  expect(new SentenceDecoder().push(Buffer.from('\0\0\x05!done\0\0'))).toEqual([['!done']]);
});

test.each([0xf8, 0xff])('the control byte %i ends the stream', (byte) => {
  expect(() => new SentenceDecoder().push(Buffer.from([byte]))).toThrow('control byte');
});

test('a sentence without end is refused by bytes and by words', () => {
  const limits = { maxWordBytes: 100, maxSentenceBytes: 250, maxSentenceWords: 10 };
  const long = Buffer.concat([Buffer.from([100]), Buffer.alloc(100, 0x61)]);
  expect(() => new SentenceDecoder(limits).push(Buffer.concat([long, long, long]))).toThrow('without end');
  expect(() => new SentenceDecoder(limits).push(Buffer.from('\x01a'.repeat(11)))).toThrow('too many words');
});

test('what would change the sentence is not encoded', () => {
  expect(() => encodeSentence(['/x', ''])).toThrow('empty word');
  expect(() => encodeSentence(['=a=Ł'])).toThrow('above U+00FF');
  expect(() => encodeSentence(['x'.repeat((1 << 20) + 1)])).toThrow('too long');
});
