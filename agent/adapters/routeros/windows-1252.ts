/**
 * The code page that node-routeros reads and writes every word in (iconv-lite `win1252`). Five bytes have no character in
 * it: read they become U+FFFD, and nothing writes them. All others map one to one, so bytes survive the way through it.
 * Source: WHATWG Encoding, index windows-1252, without its fill-ins.
 */
const UPPER_HALF =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

const LOST = '\ufffd';

const BYTE_OF: ReadonlyMap<string, string> = new Map(
  Array.from(UPPER_HALF, (character, index) => [character, String.fromCharCode(0x80 + index)] as const).filter(
    ([character]) => character !== LOST,
  ),
);

/** Latin-1 text (one character a byte) as the text that node-routeros turns into the same bytes; null if a byte is lost. */
export function toWindows1252(latin1: string): string | null {
  if (!/[\x80-\x9f]/.test(latin1)) return latin1;
  const text = latin1.replace(/[\x80-\x9f]/g, (byte) => UPPER_HALF[byte.charCodeAt(0) - 0x80] ?? LOST);
  return text.includes(LOST) ? null : text;
}

/** Text that node-routeros read, as latin-1 text; null if it held a byte that its code page lost. */
export function fromWindows1252(text: string): string | null {
  if (!/[^\0-\xff]/.test(text)) return text;
  if (text.includes(LOST)) return null;
  return text.replace(/[^\0-\xff]/g, (character) => BYTE_OF.get(character) ?? character);
}

/** SUB, in which the escapes of lost bytes begin; it is escaped itself. */
const ESCAPE = '\x1a';

/** Order is the escape's letter: `@` is SUB itself, then the five bytes without a character. */
const ESCAPED = ['\x1a', '\x81', '\x8d', '\x8f', '\x90', '\x9d'] as const;

/** Latin-1 text with the bytes that the code page loses spelt as two that it keeps. */
export function escapeLostBytes(latin1: string): string {
  if (!/[\x1a\x81\x8d\x8f\x90\x9d]/.test(latin1)) return latin1;
  return latin1.replace(
    /[\x1a\x81\x8d\x8f\x90\x9d]/g,
    (byte) => ESCAPE + String.fromCharCode(0x40 + ESCAPED.findIndex((candidate) => candidate === byte)),
  );
}

export function unescapeLostBytes(latin1: string): string {
  if (!latin1.includes(ESCAPE)) return latin1;
  return latin1.replace(/\x1a([@A-E])/g, (_escape, letter: string) => ESCAPED[letter.charCodeAt(0) - 0x40] ?? '');
}
