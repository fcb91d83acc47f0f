import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { GUESS_LIMITS, GuessLimits, guesserOf } from './guess-limits.ts';

const ADDRESS = '192.0.2.7';
const { tokens, macs, windowMs, addresses } = GUESS_LIMITS;

const token = (number: number): { tokenHash: string; mac: null } => ({
  tokenHash: createHash('sha256').update(String(number)).digest('hex'),
  mac: null,
});
const mac = (number: number): { tokenHash: null; mac: string } => ({
  tokenHash: null,
  mac: number.toString(16).padStart(12, '0'),
});

/** Notes so many guesses and gives at which of them the address was told to be limited. */
function guess(
  limits: GuessLimits,
  count: number,
  one: (number: number) => Parameters<GuessLimits['note']>[1],
  now = 0,
) {
  const told: number[] = [];
  for (let number = 0; number < count; number += 1) if (limits.note(ADDRESS, one(number), now)) told.push(number);
  return told;
}

test.each([
  ['tokens of nobody', token, tokens],
  ['MAC addresses', mac, macs],
])('an address that tries many %s is limited, told once, and free again after its window', (_what, one, budget) => {
  const limits = new GuessLimits();
  expect(guess(limits, budget, one)).toEqual([]);
  expect(limits.isLimited(ADDRESS, 0)).toBe(false);
  expect(guess(limits, 3 * budget, one)).toEqual([budget]);
  expect([limits.isLimited(ADDRESS, windowMs - 1), limits.limitedAt(windowMs - 1)]).toEqual([true, 1]);
  expect(limits.isLimited('192.0.2.8', 0)).toBe(false);
  expect([limits.isLimited(ADDRESS, windowMs), limits.limitedAt(windowMs)]).toEqual([false, 0]);
  expect(guess(limits, budget, one, windowMs)).toEqual([]);
});

test('a site of 200 phones with a lost store’s URLs, six requests each, start after start, is never limited', () => {
  const limits = new GuessLimits();
  for (let start = 0; start < 20; start += 1)
    for (let phone = 0; phone < 200; phone += 1)
      for (let file = 0; file < 6; file += 1)
        expect(limits.note(ADDRESS, { ...token(phone), mac: mac(phone + 1).mac }, start * 10_000)).toBe(false);
  expect(limits.isLimited(ADDRESS, 200_000)).toBe(false);
});

test('what brings neither token nor MAC is no guess', () => {
  const limits = new GuessLimits();
  expect(guess(limits, 10_000, () => ({ tokenHash: null, mac: null }))).toEqual([]);
});

test('a host in an IPv6 network is all of it, however it writes itself', () => {
  expect(guesserOf('2001:db8:1:2:3:4:5:6')).toBe(guesserOf('2001:db8:1:2::1'));
  expect(guesserOf('2001:db8:1:2::1')).not.toBe(guesserOf('2001:db8:1:3::1'));
  expect(guesserOf('fe80::1%eth0')).toBe(guesserOf('fe80::2'));
  expect(guesserOf('::ffff:192.0.2.7')).toBe(ADDRESS);
});

test('no more addresses are remembered than may be, the quietest forgotten first', () => {
  const limits = new GuessLimits();
  guess(limits, tokens + 1, token);
  for (let other = 0; other < addresses - 1; other += 1) limits.note(`10.0.${other >> 8}.${other & 255}`, token(1), 0);
  expect(limits.isLimited(ADDRESS, 0)).toBe(true);
  limits.note('10.9.9.9', token(1), 0);
  expect(limits.isLimited(ADDRESS, 0)).toBe(false);
});

test('a clock that is set back limits nobody for longer', () => {
  const limits = new GuessLimits();
  guess(limits, tokens + 1, token, windowMs);
  expect(limits.isLimited(ADDRESS, windowMs)).toBe(true);
  expect(limits.isLimited(ADDRESS, 0)).toBe(false);
});
