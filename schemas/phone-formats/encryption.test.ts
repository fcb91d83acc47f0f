import { expect, test } from 'vitest';
import { inSpanish } from '../told-es.ts';
import { PhoneDialect } from './dialect.ts';
import { ciphersOf, encryptionRefusal, fileCipherOf } from './refusal.ts';

test('these dialects read encrypted files, in these ciphers, the first of them where nobody says another', () => {
  const known = PhoneDialect.anyOf.map((dialect) => [dialect.const, ciphersOf(dialect.const)] as const);
  expect(Object.fromEntries(known.filter(([, ciphers]) => ciphers.length > 0))).toEqual({
    yealink: ['aes-128-ecb'],
    grandstream: ['aes-256-cbc'],
    'cisco-spa': ['aes-256-cbc'],
    'cisco-mpp': ['aes128gcm', 'aes-256-cbc'],
  });
  expect(fileCipherOf({ vendor: 'cisco-mpp' })).toBe('aes128gcm');
  expect(fileCipherOf({ vendor: 'cisco-mpp', fileCipher: 'aes-256-cbc' })).toBe('aes-256-cbc');
  // Of a GXV34xx no name of the key is known.
  expect(fileCipherOf({ vendor: 'grandstream', model: 'GXV3480' })).toBeNull();
  expect(fileCipherOf({ vendor: 'gigaset', model: 'Maxwell 3' })).toBeNull();
});

test('what cannot be is refused with its reason, in both languages; what is off or preferred never is', () => {
  const refusals = [
    encryptionRefusal({ vendor: 'snom' }, 'required'),
    encryptionRefusal({ vendor: 'snom', fileCipher: 'aes128gcm' }, 'off'),
    encryptionRefusal({ vendor: 'cisco-spa', fileCipher: 'aes128gcm' }, 'preferred'),
  ];
  expect(refusals).toEqual([
    'snom: no way to encrypt its files is known, so encryption cannot be required of it',
    'snom: its phones read no file in aes128gcm',
    'cisco-spa: its phones read no file in aes128gcm, but in aes-256-cbc',
  ]);
  for (const refusal of refusals) expect(inSpanish(refusal ?? '')).toMatch(/^(snom|cisco-spa): (no se|sus teléfonos)/);
  for (const wanted of [undefined, 'off', 'preferred'] as const)
    expect(encryptionRefusal({ vendor: 'snom' }, wanted)).toBeNull();
  expect(encryptionRefusal({ vendor: 'yealink' }, 'required')).toBeNull();
});
