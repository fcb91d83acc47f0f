import { AppError } from '../../../schemas/app-error.ts';

/**
 * RouterOS API framing (MikroTik manual "API", section "Protocol"): a word is a length and that many bytes, a sentence is
 * words ended by a zero length. Text here is latin-1, one character a byte, because RouterOS names no charset.
 */

/** What one sentence may weigh before the stream counts as broken; a lying length must not eat memory. */
export interface WireLimits {
  readonly maxWordBytes: number;
  readonly maxSentenceBytes: number;
  readonly maxSentenceWords: number;
}

/** Far above what a router sends: its largest value, a file's contents, ends near 60 KiB over the API. */
const WIRE_LIMITS: WireLimits = {
  maxWordBytes: 1 << 20,
  maxSentenceBytes: 4 << 20,
  maxSentenceWords: 4096,
};

/** A first length byte from here on is a reserved control byte: nothing after it can be understood. */
const FIRST_CONTROL_BYTE = 0xf8;

/** One sentence as the bytes to write, ready for a single `socket.write`. Throws `driver-limit` for text that is no latin-1. */
export function encodeSentence(words: readonly string[]): Buffer {
  let total = 1;
  for (const word of words) {
    assertWord(word);
    total += lengthSize(word.length) + word.length;
  }
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const word of words) {
    at = writeLength(bytes, at, word.length);
    at += bytes.write(word, at, 'latin1');
  }
  bytes[at] = 0;
  return bytes;
}

function assertWord(word: string): void {
  if (word.length === 0) {
    throw new AppError('driver-limit', 'An empty word would end the API sentence', { retryable: false });
  }
  if (word.length > WIRE_LIMITS.maxWordBytes) {
    throw new AppError('driver-limit', `An API word of ${word.length} bytes is too long`, { retryable: false });
  }
  if (/[^\0-\xff]/.test(word)) {
    throw new AppError('driver-limit', 'An API word has a character above U+00FF, which is no single byte', {
      retryable: false,
      remedy: 'Write ASCII into rows of ours; give other text as its bytes, one character each.',
    });
  }
}

function lengthSize(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  if (length < 0x20_0000) return 3;
  return length < 0x1000_0000 ? 4 : 5;
}

function writeLength(bytes: Buffer, at: number, length: number): number {
  if (length < 0x80) return bytes.writeUInt8(length, at);
  if (length < 0x4000) return bytes.writeUInt16BE(length + 0x8000, at);
  if (length < 0x20_0000) return bytes.writeUIntBE(length + 0xc0_0000, at, 3);
  if (length < 0x1000_0000) return bytes.writeUInt32BE(length + 0xe000_0000, at);
  return bytes.writeUInt32BE(length, bytes.writeUInt8(0xf0, at));
}

/** Cuts a byte stream into whole sentences, however it was chunked. Empty sentences are skipped (MikroTik: ignored). */
export class SentenceDecoder {
  readonly #limits: WireLimits;
  #words: string[] = [];
  #sentenceBytes = 0;
  /** The unread tail of earlier chunks, at `#held[0 .. #heldLength)`: less than one word. */
  #held = Buffer.alloc(0);
  #heldLength = 0;

  constructor(limits: WireLimits = WIRE_LIMITS) {
    this.#limits = limits;
  }

  /** True between sentences: an end of the stream here lost nothing. */
  get isAtBoundary(): boolean {
    return this.#words.length === 0 && this.#heldLength === 0;
  }

  /** The sentences that this chunk completed. Throws `router-protocol`; after that the decoder and its stream are useless. */
  push(chunk: Buffer): string[][] {
    const bytes = this.#heldLength === 0 ? chunk : this.#append(chunk);
    const sentences: string[][] = [];
    let at = 0;
    for (;;) {
      const word = this.#readWord(bytes, at);
      if (word === null) break;
      at = word.end;
      if (word.text !== '') this.#words.push(word.text);
      else if (this.#words.length > 0) {
        sentences.push(this.#words);
        this.#words = [];
        this.#sentenceBytes = 0;
      }
    }
    this.#hold(bytes, at);
    return sentences;
  }

  #readWord(bytes: Buffer, at: number): { readonly text: string; readonly end: number } | null {
    const first = bytes[at];
    if (first === undefined) return null;
    if (first >= FIRST_CONTROL_BYTE) throw broken(`a control byte 0x${first.toString(16)}`);
    const size = first < 0x80 ? 1 : first < 0xc0 ? 2 : first < 0xe0 ? 3 : first < 0xf0 ? 4 : 5;
    if (bytes.length - at < size) return null;
    const length = readLength(bytes, at, size, first);
    if (length === 0) return { text: '', end: at + size };
    if (length > this.#limits.maxWordBytes) throw broken(`a word of ${length} bytes`);
    if (this.#sentenceBytes + length > this.#limits.maxSentenceBytes) throw broken('a sentence without end');
    if (this.#words.length >= this.#limits.maxSentenceWords) throw broken('a sentence of too many words');
    const end = at + size + length;
    if (bytes.length < end) return null;
    this.#sentenceBytes += length;
    return { text: bytes.toString('latin1', at + size, end), end };
  }

  #append(chunk: Buffer): Buffer {
    const needed = this.#heldLength + chunk.length;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, 256));
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldLength);
    return this.#held.subarray(0, needed);
  }

  #hold(bytes: Buffer, from: number): void {
    const rest = bytes.length - from;
    if (rest > 0 && bytes.buffer === this.#held.buffer && bytes.byteOffset === this.#held.byteOffset) {
      if (from > 0) this.#held.copyWithin(0, from, bytes.length);
    } else if (rest > 0) {
      if (rest > this.#held.length) this.#held = Buffer.allocUnsafe(Math.max(rest, 256));
      bytes.copy(this.#held, 0, from);
    }
    this.#heldLength = rest;
    if (rest === 0 && this.#held.length > 65_536) this.#held = Buffer.alloc(0);
  }
}

/** The top bits of the first byte say how many bytes the length takes; the rest is big-endian. */
function readLength(bytes: Buffer, at: number, size: number, first: number): number {
  switch (size) {
    case 1:
      return first;
    case 2:
      return bytes.readUInt16BE(at) - 0x8000;
    case 3:
      return bytes.readUIntBE(at, 3) - 0xc0_0000;
    case 4:
      return bytes.readUInt32BE(at) - 0xe000_0000;
    default:
      return bytes.readUInt32BE(at + 1);
  }
}

function broken(what: string): AppError {
  return new AppError('router-protocol', `The peer does not speak the RouterOS API: it sent ${what}`, {
    remedy: 'Check that host and port are those of /ip service api (8728, plain) or api-ssl (8729, TLS).',
  });
}
