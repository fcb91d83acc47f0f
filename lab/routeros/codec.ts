/**
 * RouterOS API framing as MikroTik's manual gives it ("API", "API words"): a word is its length and its bytes, a sentence
 * is words ended by a word of length 0. All text here is latin-1, one character a byte, so that any bytes survive.
 */

/** The longest word the lab takes; a real router limits it too, by a number nobody publishes (inferred). */
const LONGEST_WORD = 0x4000000;

/** What cannot be read on: a control byte, or a word beyond all measure. The connection must be dropped. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
}

/** The length prefix of a word of `length` bytes, as latin-1 text: 1 to 5 bytes, the shortest form that fits. */
export function encodeLength(length: number): string {
  const byte = (shift: number, mark = 0): string => String.fromCharCode(((length >>> shift) & 0xff) | mark);
  if (length < 0x80) return byte(0);
  if (length < 0x4000) return byte(8, 0x80) + byte(0);
  if (length < 0x200000) return byte(16, 0xc0) + byte(8) + byte(0);
  if (length < 0x10000000) return byte(24, 0xe0) + byte(16) + byte(8) + byte(0);
  return '\xf0' + byte(24) + byte(16) + byte(8) + byte(0);
}

/** A sentence as latin-1 text, its end included. Words must be latin-1: no character above U+00FF. */
export function encodeSentence(words: readonly string[]): string {
  let text = '';
  for (const word of words) text += encodeLength(word.length) + word;
  return text + '\0';
}

/** A length prefix read from `bytes` at `at`, or null while bytes are missing. Throws on a control byte (0xF8 and up). */
export function decodeLength(bytes: Uint8Array, at: number): { length: number; size: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first >= 0xf8) throw new BrokenStream(`control byte 0x${first.toString(16)}`);
  const size = first < 0x80 ? 1 : first < 0xc0 ? 2 : first < 0xe0 ? 3 : first < 0xf0 ? 4 : 5;
  if (bytes.length - at < size) return null;
  // The first byte keeps what its marker bits leave; of 0xF0..0xF7 nothing is left.
  const marks = [0, 0x7f, 0x3f, 0x1f, 0x0f, 0];
  let length = first & (marks[size] ?? 0);
  for (let i = 1; i < size; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
  return { length, size };
}

/** Takes bytes in any pieces and gives whole sentences; empty sentences are passed over, as the manual says. */
export class SentenceReader {
  #rest: Buffer = Buffer.alloc(0);
  #words: string[] = [];

  /** Bytes received and not yet given out as a sentence. */
  get pending(): number {
    return this.#rest.length + this.#words.reduce((sum, word) => sum + word.length, 0);
  }

  push(chunk: Uint8Array): string[][] {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const sentences: string[][] = [];
    let at = 0;
    for (;;) {
      const prefix = decodeLength(bytes, at);
      if (prefix === null) break;
      if (prefix.length > LONGEST_WORD) throw new BrokenStream(`word of ${prefix.length} bytes`);
      const end = at + prefix.size + prefix.length;
      if (end > bytes.length) break;
      if (prefix.length > 0) this.#words.push(bytes.toString('latin1', at + prefix.size, end));
      else if (this.#words.length > 0) sentences.push(this.#words.splice(0));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return sentences;
  }
}
