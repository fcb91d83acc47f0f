import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMonths, formatInstant, parseInstant } from './instant.ts';

test('agrees with Date on every time of ten thousand years', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 }), (ms) => {
      expect(formatInstant(ms)).toBe(new Date(ms).toISOString());
      expect(parseInstant(formatInstant(ms))).toBe(ms);
    }),
  );
});

test('offsets and fractions are read', () => {
  expect(parseInstant('2026-03-01T08:00:00-03:00')).toBe(Date.parse('2026-03-01T11:00:00Z'));
  expect(parseInstant('2026-03-01T08:00:00.123456789+05:30')).toBe(Date.parse('2026-03-01T02:30:00.123Z'));
});

test.each([
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-03-01T08:00:00',
  '2026-03-01',
  '2026-13-01T00:00:00Z',
])('%s is refused', (text) => {
  expect(parseInstant(text)).toBeNull();
});

test('six months after 31 August is the last of February', () => {
  const from = Date.parse('2026-08-31T10:00:00Z');
  expect(formatInstant(addMonths(from, 6))).toBe('2027-02-28T10:00:00.000Z');
});
