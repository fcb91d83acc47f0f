import { expect, test } from 'vitest';
import { canonicalAddress, canonicalPorts, canonicalValue, parseDuration, sameValue } from './canonical.ts';

test.each([
  ['10.0.0.7/32', '10.0.0.7'],
  ['203.0.113.77/24', '203.0.113.0/24'],
  ['!10.0.0.7/32', '!10.0.0.7'],
  ['2001:DB8::1/128', '2001:db8::1'],
  ['10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9'],
  ['Portal.Example.NET', 'portal.example.net'],
  ['my-host.example', 'my-host.example'],
])('an address %s is %s however it is written', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

test('ports are sorted, without doubles and blanks; ranges stay', () => {
  expect(canonicalPorts('999, 80,443,80')).toBe('80,443,999');
  expect(canonicalPorts('1000-2000,80')).toBe('80,1000-2000');
});

test.each([
  ['1m', 60],
  ['60s', 60],
  ['00:01:00', 60],
  ['1d00:00:01', 86_401],
  ['1w2d3h4m5s', 788_645],
  ['90', 90],
  ['soon', null],
  ['', null],
])('the time %s is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test('yes is true, a limit’s defaults may be left out, and other values are compared as they are', () => {
  expect(sameValue('disabled', 'yes', 'true')).toBe(true);
  expect(sameValue('disabled', '', 'no')).toBe(true);
  expect(sameValue('dst-limit', '50,100,src-address', '50/1s,100,src-address/60s')).toBe(true);
  expect(sameValue('address-list-timeout', '1h', '3600s')).toBe(true);
  expect(sameValue('action-data', 'https://a/', 'https://A/')).toBe(false);
  expect(canonicalValue('comment', 'x')).toBe('x');
});
