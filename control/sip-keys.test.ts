import { expect, test } from 'vitest';
import { Secret } from '../schemas/secret.ts';
import { fingerprintWith } from './fingerprint.ts';
import { newKey } from './sip-keys.ts';

const fingerprint = fingerprintWith(new Secret('one'));

test('the mark is the same for the same key of the same number, and tells nothing without the fingerprint key', () => {
  const { mark } = newKey(fingerprint, '1001', 'geheim');
  expect(newKey(fingerprint, '1001', 'geheim').mark).toBe(mark);
  expect(newKey(fingerprint, '1002', 'geheim').mark).not.toBe(mark);
  expect(newKey(fingerprint, '1001', 'other').mark).not.toBe(mark);
  expect(newKey(fingerprintWith(new Secret('two')), '1001', 'geheim').mark).not.toBe(mark);
});

test('a key says which formats cannot carry it, and prints as nothing', () => {
  expect(newKey(fingerprint, '1001', '%null%').refusedBy).toEqual(['yealink']);
  expect(newKey(fingerprint, '1001', 'Zk3vQ9').refusedBy).toEqual([]);
  expect(JSON.stringify(newKey(fingerprint, '1001', 'geheim'))).not.toContain('geheim');
});
