import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  expectedResponse,
  isFreshNonce,
  NONCE_MS,
  nonceAt,
  nonceTime,
  readAuthorization,
  type DigestCredentials,
} from './authorization.ts';

const DIGEST =
  'Digest username="805ec0aabb01", realm="phones", uri="/c/a.cfg", algorithm=SHA-256, nonce="n", nc=00000001, cnonce="c", qop=auth, response="AB"';

test('a digest is read as phones write it, quoted or not, in any case', () => {
  const read = {
    kind: 'digest',
    user: '805ec0aabb01',
    hash: 'SHA-256',
    nonce: 'n',
    uri: '/c/a.cfg',
    nc: '00000001',
    cnonce: 'c',
    qop: 'auth',
    response: 'ab',
  };
  expect(readAuthorization(DIGEST)).toEqual(read);
  const quoted = DIGEST.replace('qop=auth', 'qop="auth"').replace('=SHA-256', '="sha-256"').replace('Digest', 'DIGEST');
  expect(readAuthorization(quoted)).toEqual(read);
  expect(readAuthorization(DIGEST.replace('algorithm=SHA-256, ', ''))).toMatchObject({ hash: 'MD5' });
});

test.each([
  ['another realm', DIGEST.replace('phones', 'others')],
  ['no user', DIGEST.replace('username="805ec0aabb01", ', '')],
  ['no response', DIGEST.replace(', response="AB"', '')],
  ['auth-int', DIGEST.replace('qop=auth', 'qop=auth-int')],
  ['a session', DIGEST.replace('SHA-256', 'SHA-256-sess')],
  ['a hash that was not offered', DIGEST.replace('SHA-256', 'SHA-512-256')],
  ['qop without its count', DIGEST.replace('nc=00000001, ', '')],
  ['a hashed user', `${DIGEST}, userhash=true`],
  ['two at once', `${DIGEST}, Digest username="x"`],
  ['another scheme', 'Bearer abc'],
  ['Basic that is no base64', 'Basic a'],
  ['Basic without a colon', `Basic ${btoa('user')}`],
  ['nothing', ''],
])('%s is unreadable', (_what, header) => {
  expect(readAuthorization(header)).toEqual({ kind: 'unreadable' });
});

test('no header is none, and of Basic the first colon parts user and password', () => {
  expect(readAuthorization(undefined)).toEqual({ kind: 'none' });
  const read = readAuthorization(`basic ${btoa('u:a:b')}`);
  expect(read.kind === 'basic' && [read.user, read.password.reveal()]).toEqual(['u', 'a:b']);
});

test('whatever comes is read without a throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (scheme, rest) => {
      for (const text of [scheme, `Digest ${rest}`, `Basic ${rest}`, `Basic ${btoa(encodeURI(rest))}`])
        expect(readAuthorization(text).kind).toMatch(/^(?:basic|digest|unreadable)$/);
    }),
  );
});

/** RFC 7616 §3.9.1. */
test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const)('the response of RFC 7616’s example in %s is what it says', (hash, response) => {
  const name = hash === 'MD5' ? 'md5' : 'sha256';
  const of = (text: string): string => createHash(name).update(text).digest('hex');
  const digest: DigestCredentials = {
    user: 'Mufasa',
    hash,
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    qop: 'auth',
    response,
  };
  expect(expectedResponse(digest, 'GET', of('Mufasa:http-auth@example.org:Circle of Life'), of)).toBe(response);
});

test('a nonce tells when it was given, and is good for a minute from there', () => {
  const at = Date.UTC(2026, 10, 30);
  expect(nonceTime(nonceAt(at, '192.0.2.7', () => 'seal'))).toBe(at);
  expect(nonceTime('nonsense')).toBeNull();
  expect([0, NONCE_MS - 1, NONCE_MS, -1].map((age) => isFreshNonce(at, at + age))).toEqual([true, true, false, false]);
});
