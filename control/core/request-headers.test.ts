import { expect, test } from 'vitest';
import { etagOf, NO_REVISION, parseIdempotencyKey, parseIfMatch, parsePreferWait } from './request-headers.ts';

test('If-Match reads our tags and lets no other match', () => {
  expect(parseIfMatch(etagOf(7))).toBe(7);
  expect(parseIfMatch('*')).toBe('any');
  expect(parseIfMatch('W/"7"')).toBe(NO_REVISION);
  expect(parseIfMatch('"abc"')).toBe(NO_REVISION);
  expect(parseIfMatch('"1", "2"')).toEqual([1, 2]);
  expect(parseIfMatch('7')).toBeNull();
});

test('an idempotency key may be quoted or bare', () => {
  expect(parseIdempotencyKey('"k-1"')).toBe('k-1');
  expect(parseIdempotencyKey('k-1')).toBe('k-1');
  expect(parseIdempotencyKey('')).toBeNull();
  expect(parseIdempotencyKey('a b')).toBeNull();
});

test('Prefer: wait is read among others and bounded', () => {
  expect(parsePreferWait('respond-async, wait=10')).toBe(10);
  expect(parsePreferWait('wait=9999')).toBe(120);
  expect(parsePreferWait('Wait="5"; foo')).toBe(5);
  expect(parsePreferWait('wait=soon')).toBeNull();
});
