import { expect, test } from 'vitest';
import { parseDuration, printDuration, printMoment } from './duration.ts';

test.each([
  ['1d', 86_400_000, '1d'],
  ['00:01:30', 90_000, '1m30s'],
  ['1w2d3h4m5s', 788_645_000, '1w2d3h4m5s'],
  ['90', 90_000, '1m30s'],
  ['500ms', 500, '500ms'],
  ['1d00:00:01', 86_401_000, '1d1s'],
])('%s is %d ms, printed %s', (text, ms, printed) => {
  expect(parseDuration(text)).toBe(ms);
  expect(printDuration(ms)).toBe(printed);
});

test('what is no time is none', () => {
  expect(['', 'soon', '1x', '-1s'].map(parseDuration)).toEqual([null, null, null, null]);
});

test('moments are printed as each version does', () => {
  const moment = Date.UTC(2026, 0, 31, 12, 0, 5);
  expect(printMoment(moment, 7)).toBe('2026-01-31 12:00:05');
  expect(printMoment(moment, 6)).toBe('jan/31/2026 12:00:05');
});
