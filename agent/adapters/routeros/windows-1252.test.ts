import { expect, test } from 'vitest';
import { escapeLostBytes, fromWindows1252, toWindows1252, unescapeLostBytes } from './windows-1252.ts';

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const LOST = ['\x81', '\x8d', '\x8f', '\x90', '\x9d'];

test('all bytes but five go through the code page and back', () => {
  expect(ALL_BYTES.filter((byte) => toWindows1252(byte) === null)).toEqual(LOST);
  const kept = ALL_BYTES.filter((byte) => !LOST.includes(byte)).join('');
  expect(fromWindows1252(toWindows1252(kept) ?? '')).toBe(kept);
  expect(fromWindows1252('\ufffd')).toBeNull();
});

test('escaped, none is lost', () => {
  const text = `${ALL_BYTES.join('')}\x1aA\x1a@`;
  const escaped = escapeLostBytes(text);
  expect(toWindows1252(escaped)).not.toBeNull();
  expect(unescapeLostBytes(escaped)).toBe(text);
});
