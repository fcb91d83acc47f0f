import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../schemas/app-error.ts';
import { Secret } from '../schemas/secret.ts';
import { generateSealKeys, open, seal, type SealContext } from './sealed.ts';

const keys = generateSealKeys();
const contexts = fc.record({ recipient: fc.string(), table: fc.string(), row: fc.string(), field: fc.string() });

function opens(privateKey: Secret, context: SealContext, sealed: Uint8Array): string {
  try {
    return open(privateKey, context, sealed).reveal();
  } catch (error) {
    return error instanceof AppError ? error.code : 'another error';
  }
}

test('what was sealed opens with its key at its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), contexts, (text, context) => {
      expect(opens(keys.privateKey, context, seal(keys.publicKey, context, new Secret(text)))).toBe(text);
    }),
  );
});

test('it does not open at another place, not even one that reads alike', () => {
  fc.assert(
    fc.property(contexts, contexts, (at, other) => {
      fc.pre(JSON.stringify(at) !== JSON.stringify(other));
      expect(opens(keys.privateKey, other, seal(keys.publicKey, at, new Secret('x')))).toBe('seal-broken');
    }),
  );
  const a = { recipient: 'agent', table: 'a|b', row: 'c', field: 'd' };
  const b = { recipient: 'agent', table: 'a', row: 'b|c', field: 'd' };
  expect(opens(keys.privateKey, b, seal(keys.publicKey, a, new Secret('x')))).toBe('seal-broken');
});

test('one changed bit anywhere, a missing end or another key break it', () => {
  const context = { recipient: 'agent', table: 't', row: 'r', field: 'f' };
  const sealed = seal(keys.publicKey, context, new Secret('secret'));
  fc.assert(
    fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
      const broken = Buffer.from(sealed);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // X25519 ignores the top bit of a public key (RFC 7748 §5), yet the key derivation does not.
      expect(opens(keys.privateKey, context, broken)).toBe('seal-broken');
    }),
  );
  for (let length = 0; length < sealed.length; length += 1) {
    expect(opens(keys.privateKey, context, sealed.subarray(0, length))).toBe('seal-broken');
  }
  expect(opens(generateSealKeys().privateKey, context, sealed)).toBe('seal-broken');
});
