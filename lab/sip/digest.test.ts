import { expect, test } from 'vitest';
import { answerChallenge, challengeText, digestResponse, parseDigest } from './digest.ts';

/** RFC 7616 §3.9.1 */
const MUFASA = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  key: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  body: '',
} as const;

test('MD5 and SHA-256 give the digests of RFC 7616 §3.9.1', () => {
  expect(digestResponse({ ...MUFASA, algorithm: 'MD5' })).toBe('8ca523f5e9506fed4657c9700eebdbec');
  expect(digestResponse({ ...MUFASA, algorithm: 'SHA-256' })).toBe(
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  );
});

test('without qop the digest is that of RFC 2617 §3.2.2.1 for old servers', () => {
  // RFC 2069 §2.4 as corrected by its errata 749.
  const digest = digestResponse({
    ...MUFASA,
    key: 'CircleOfLife',
    realm: 'testrealm@host.com',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    algorithm: null,
    qop: null,
  });
  expect(digest).toBe('1949323746fe6a43ef61f9606e7febea');
});

test('nobody knows AKAv1-MD5, or a qop of the next decade', () => {
  expect(digestResponse({ ...MUFASA, algorithm: 'AKAv1-MD5' })).toBeNull();
  expect(digestResponse({ ...MUFASA, algorithm: 'MD5', qop: 'auth-2036' })).toBeNull();
});

test('a realm with a comma and quotes survives there and back', () => {
  const text = challengeText({ realm: 'a, "b" \\c', nonce: 'n', algorithm: 'SHA-256', qop: 'auth-int,auth' });
  expect(parseDigest(text)?.get('realm')).toBe('a, "b" \\c');
  expect(parseDigest(text)?.get('qop')).toBe('auth-int,auth');
  expect(parseDigest('Basic realm="x"')).toBeNull();
});

test('a client answers the topmost challenge it knows', () => {
  const challenge = (algorithm: string): string => challengeText({ realm: 'r', nonce: 'n', algorithm, qop: 'auth' });
  const request = { method: 'REGISTER', uri: 'sip:r', body: '' };
  const credential = { username: 'u', key: 'k' };
  const answer = (...names: string[]): string | undefined =>
    parseDigest(answerChallenge(names.map(challenge), credential, request) ?? '')?.get('algorithm');
  expect(answer('AKAv1-MD5', 'SHA-256', 'MD5')).toBe('SHA-256');
  expect(answer('MD5', 'SHA-256')).toBe('MD5');
  expect(answerChallenge([challenge('AKAv1-MD5')], credential, request)).toBeNull();
});
