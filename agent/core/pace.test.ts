import { expect, test } from 'vitest';
import { paceAfter, restAfter } from './pace.ts';

test('a busy router has half as many commands in flight, down to one; at ease it has more again, up to the most', () => {
  const seen = [95, 90, 85, 100, 100, 100].reduce(
    (sizes, load) => [...sizes, paceAfter(sizes.at(-1) ?? 0, 16, load)],
    [16],
  );
  expect(seen).toEqual([16, 8, 4, 2, 1, 1, 1]);
  const back = [84, 70, 69, 20, 0, 0, 0].reduce(
    (sizes, load) => [...sizes, paceAfter(sizes.at(-1) ?? 0, 16, load)],
    [1],
  );
  expect(back).toEqual([1, 1, 1, 5, 9, 13, 16, 16]);
});

test('small tables are read at every usual rest; big ones take at most a twenty-fifth of the router’s time, within bounds', () => {
  expect(restAfter(900, 60_000)).toBe(60_000);
  expect(restAfter(2000, 60_000)).toBe(60_000);
  expect(restAfter(3600, 60_000)).toBe(86_400);
  expect(restAfter(120_000, 60_000)).toBe(600_000);
});
