import { expect, test } from 'vitest';
import { confirms, permissionOf, slotOf, type RefusalSeen } from './probe-limits.ts';

const HOUR = 3_600_000;
const NOW = 10 * HOUR;

test('the seventh refusal within an hour is not risked, and is when the first one is an hour old', () => {
  const refusals = [5, 4, 3, 2, 1, 0].map((minutes): RefusalSeen => ({ keyMark: 'a', at: NOW - minutes * 60_000 }));
  expect(permissionOf(refusals.slice(1), 'b', true, NOW)).toEqual({ kind: 'ask' });
  expect(permissionOf(refusals, 'b', true, NOW)).toEqual({ kind: 'spent', until: NOW - 5 * 60_000 + HOUR });
  expect(permissionOf(refusals, 'b', true, NOW - 5 * 60_000 + HOUR)).toEqual({ kind: 'ask' });
});

test('a refused key is tried again within the hour only when somebody asks for it', () => {
  const refusals = [{ keyMark: 'a', at: NOW - 60_000 }];
  expect(permissionOf(refusals, 'a', false, NOW)).toEqual({ kind: 'spent', until: NOW - 60_000 + HOUR });
  expect(permissionOf(refusals, 'a', true, NOW)).toEqual({ kind: 'ask' });
  expect(permissionOf(refusals, 'b', false, NOW)).toEqual({ kind: 'ask' });
});

test('only a refusal of the same key at least 2 s and at most a minute ago confirms another', () => {
  const at = (ago: number, keyMark = 'a'): boolean => confirms([{ keyMark, at: NOW - ago }], 'a', NOW);
  expect([at(0), at(1_999), at(2_000), at(60_000), at(60_001)]).toEqual([false, false, true, true, false]);
  expect(at(2_000, 'b')).toBe(false);
});

test('the slots of a rate keep their distance, and a late request is caught up with', () => {
  const first = slotOf(Number.NEGATIVE_INFINITY, 100, 1_000);
  const second = slotOf(first.next, 100, 1_000);
  expect(second.at - first.at).toBe(10);
  // 30 ms late: the next ones come at once until the lateness is made up for.
  expect(slotOf(1_010, 100, 1_040)).toEqual({ at: 1_010, next: 1_020 });
  // After a pause there is no burst.
  expect(slotOf(1_010, 100, 9_000)).toEqual({ at: 9_000, next: 9_010 });
});

test('without a rate there is nothing to wait for', () => {
  const slot = slotOf(1_000, Number.POSITIVE_INFINITY, 1_000);
  expect(slotOf(slot.next, Number.POSITIVE_INFINITY, 1_000).at).toBe(1_000);
});
