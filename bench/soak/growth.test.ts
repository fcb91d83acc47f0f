import { expect, test } from 'vitest';
import { growthOf } from './growth.ts';

const series = (values: readonly number[]): Parameters<typeof growthOf>[0] => ({
  what: 'memory',
  unit: 'MB',
  share: 0.05,
  least: 2,
  values,
});
const MINUTE = 60_000;
const noise = (at: number): number => ((at * 7919) % 13) - 6;

test('what fills up at first and then wavers does not grow', () => {
  const values = Array.from({ length: 120 }, (_, at) => Math.min(100, 60 + at) + noise(at));
  expect(growthOf(series(values), MINUTE).holds).toBe(true);
});

test('a leak of 20 MB an hour shows through the same wavering', () => {
  const values = Array.from({ length: 120 }, (_, at) => 100 + at / 3 + noise(at));
  const growth = growthOf(series(values), MINUTE);
  expect(growth.holds).toBe(false);
  expect(growth.perHour).toBeGreaterThan(15);
  expect(growth.perHour).toBeLessThan(25);
});

test('one sample says nothing', () => {
  expect(growthOf(series([100]), MINUTE)).toMatchObject({ perHour: 0, holds: true });
});
