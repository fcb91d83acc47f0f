import { expect, test } from 'vitest';
import { centralState } from './central.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 1, 12);

function after(hours: number, countedHours = 0) {
  const contact = { contactAt: NOW - hours * HOUR, countedMs: countedHours * HOUR, staleAfterMs: 24 * HOUR };
  return centralState(contact, NOW);
}

test('without a central link nothing is ever stale', () => {
  expect(centralState(null, NOW)).toBe('none');
});

test('the operator is told after an hour, and no new cut starts after a day', () => {
  expect([0, 0.99, 1, 23.99, 24, 9000].map((hours) => after(hours))).toEqual([
    'in-touch',
    'in-touch',
    'silent',
    'silent',
    'stale',
    'stale',
  ]);
});

test('I2: a wall clock that was set back does not make old instructions young', () => {
  expect(after(3, 24)).toBe('stale');
  expect(after(0.1, 2)).toBe('silent');
});

test('I2: a contact that lies ahead of the clock is doubt; two clocks that differ a little are not', () => {
  expect(after(-0.08)).toBe('in-touch');
  expect(after(-0.09)).toBe('stale');
  expect(after(-24 * 3650)).toBe('stale');
});

test('I2: never heard is doubt', () => {
  expect(centralState({ contactAt: null, countedMs: 0, staleAfterMs: HOUR }, NOW)).toBe('stale');
});
