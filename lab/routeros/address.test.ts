import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWithin, parseIp, parseRange, printIp, printRange } from './address.ts';

test.each([
  ['203.0.113.77/24', '203.0.113.0/24'],
  ['192.0.2.1/32', '192.0.2.1'],
  ['192.0.2.0-192.0.2.255', '192.0.2.0/24'],
  ['192.0.2.5-192.0.2.9', '192.0.2.5-192.0.2.9'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['2001:db8::1/64', '2001:db8::/64'],
  ['::ffff:192.0.2.1', '::ffff:c000:201/128'],
])('%s is printed as %s', (given, printed) => {
  const range = parseRange(given);
  expect(range === null ? null : printRange(range)).toBe(printed);
});

test.each([
  '',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.1/33',
  '2001:db8:::1',
  'portal.example',
  '1-2',
  '192.0.2.9-192.0.2.1',
])('%s is no address', (text) => {
  expect(parseRange(text)).toBeNull();
});

test('any address survives printing and parsing', () => {
  const v4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  const v6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  fc.assert(
    fc.property(v4, v6, (four, six) => {
      expect(parseIp(printIp(4, four))).toEqual({ family: 4, value: four });
      expect(parseIp(printIp(6, six))).toEqual({ family: 6, value: six });
    }),
  );
});

test('a prefix holds its addresses and no others', () => {
  const range = parseRange('100.64.0.0/10');
  expect(range).not.toBeNull();
  if (range === null) return;
  const holds = (text: string): boolean => isWithin(range, parseIp(text) ?? { family: 6, value: 0n });
  expect([holds('100.64.0.0'), holds('100.127.255.255'), holds('100.128.0.0'), holds('::1')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
