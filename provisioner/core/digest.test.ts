import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import {
  authorization,
  chooseChallenge,
  parseChallenges,
  parseSchemes,
  type Challenge,
  type ChosenChallenge,
  type DigestHash,
  type HashText,
} from './digest.ts';

const NODE_NAMES: Record<DigestHash, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const hash: HashText = (name, text) => createHash(NODE_NAMES[name]).update(text).digest('hex');

function chosen(...headers: string[]): ChosenChallenge {
  const choice = chooseChallenge(parseChallenges(headers));
  if (choice.kind !== 'chosen') throw new Error(`not answerable: ${choice.kind}`);
  return choice;
}

function fields(value: string): Record<string, string | null> {
  return Object.fromEntries(parseSchemes(value)[0]?.parameters ?? []);
}

const MUFASA = {
  username: 'Mufasa',
  method: 'GET',
  uri: '/dir/index.html',
  body: '',
  nonceCount: 1,
} as const;

describe('the examples of the RFCs', () => {
  it('answers RFC 2617 §3.5', () => {
    const challenge =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const input = { ...MUFASA, chosen: chosen(challenge), password: 'Circle Of Life', cnonce: '0a4f113b' };
    expect(fields(authorization(input, hash))).toEqual({
      username: 'Mufasa',
      realm: 'testrealm@host.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      uri: '/dir/index.html',
      response: '6629fae49393a05397450978507c4ef1',
      cnonce: '0a4f113b',
      opaque: '5ccc069c403ebaf9f0171e9517f40e41',
      qop: 'auth',
      nc: '00000001',
    });
  });

  it.each([
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ])('answers RFC 7616 §3.9.1 in %s', (algorithm, response) => {
    const challenge = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
    const value = authorization(
      {
        ...MUFASA,
        chosen: chosen(challenge),
        password: 'Circle of Life',
        cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      },
      hash,
    );
    expect(fields(value)).toMatchObject({ response, algorithm, qop: 'auth' });
    expect(value).toContain(`algorithm=${algorithm},`);
  });

  it('answers RFC 7616 §3.9.2, SHA-512-256, but for its user name hash', () => {
    // The example's user name is hashed (userhash); its response is over the plain name.
    const challenge =
      'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true';
    const value = authorization(
      {
        chosen: chosen(challenge),
        username: 'Jäsøn Doe',
        password: 'Secret, or not?',
        method: 'GET',
        uri: '/doe.json',
        body: '',
        nonceCount: 1,
        cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
      },
      hash,
    );
    // The RFC prints that of a truncated SHA-512; this is SHA-512/256 proper (erratum 4897).
    expect(fields(value)['response']).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  });

  it('answers without qop as RFC 2069 did', () => {
    const value = authorization(
      { ...MUFASA, chosen: chosen('Digest realm="r", nonce="n"'), password: 'p', cnonce: 'c' },
      hash,
    );
    const ha1 = hash('MD5', 'Mufasa:r:p');
    expect(fields(value)).toEqual({
      username: 'Mufasa',
      realm: 'r',
      nonce: 'n',
      uri: '/dir/index.html',
      response: hash('MD5', `${ha1}:n:${hash('MD5', 'GET:/dir/index.html')}`),
    });
  });

  it('hashes the empty body for auth-int and the session for -sess', () => {
    const challenge = chosen('Digest realm="r", nonce="n", qop="auth-int", algorithm=SHA-256-sess');
    const value = authorization({ ...MUFASA, chosen: challenge, password: 'p', cnonce: 'c', nonceCount: 26 }, hash);
    const sha = (text: string): string => hash('SHA-256', text);
    const ha1 = sha(`${sha('Mufasa:r:p')}:n:c`);
    const ha2 = sha(`GET:/dir/index.html:${sha('')}`);
    expect(fields(value)).toMatchObject({
      response: sha(`${ha1}:n:0000001a:c:auth-int:${ha2}`),
      nc: '0000001a',
      qop: 'auth-int',
      algorithm: 'SHA-256-sess',
    });
  });
});

describe('challenges', () => {
  it('reads several in one header and in several, in the server’s order', () => {
    const challenges = parseChallenges([
      'Digest realm="a,b", nonce="1", qop="auth", algorithm=SHA-256, Digest realm="say \\"hi\\"", nonce="2"',
      'Basic realm="x"',
      'DIGEST  nonce = "3" , stale=TRUE,realm=bare , opaque=""',
    ]);
    expect(challenges.map(({ realm, nonce, isStale, opaque }) => [realm, nonce, isStale, opaque])).toEqual([
      ['a,b', '1', false, null],
      ['say "hi"', '2', false, null],
      ['bare', '3', true, ''],
    ]);
  });

  it('takes the topmost it supports (RFC 8760)', () => {
    const both = ['Digest realm="r", nonce="1", algorithm=SHA-256', 'Digest realm="r", nonce="2", algorithm=MD5'];
    expect(chosen(...both).hash).toBe('SHA-256');
    expect(chosen(...both.toReversed()).hash).toBe('MD5');
    expect(chosen('Digest realm="r", nonce="1", algorithm=SHA3-256', ...both).challenge.nonce).toBe('1');
    expect(chosen('Digest realm="r", nonce="0", algorithm=AKAv1-MD5', ...both).hash).toBe('SHA-256');
  });

  it('prefers auth to auth-int, whichever comes first', () => {
    expect(chosen('Digest realm="r", nonce="1", qop="auth-int,auth"').qop).toBe('auth');
    expect(chosen('Digest realm="r", nonce="1", qop="auth-int"').qop).toBe('auth-int');
    expect(chosen('Digest realm="r", nonce="1", qop=auth').qop).toBe('auth');
    expect(chosen('Digest realm="r", nonce="1", qop=""').qop).toBe(null);
  });

  it('calls an unknown algorithm or quality of protection unsupported, and no challenge none', () => {
    expect(chooseChallenge(parseChallenges(['Digest realm="r", nonce="1", algorithm=AKAv1-MD5']))).toEqual({
      kind: 'unsupported',
      detail: 'digest AKAv1-MD5',
    });
    expect(chooseChallenge(parseChallenges(['Digest realm="r", nonce="1", qop="token"'])).kind).toBe('unsupported');
    expect(chooseChallenge(parseChallenges(['Basic realm="r"'])).kind).toBe('none');
    expect(chooseChallenge([]).kind).toBe('none');
  });

  it('leaves out what is malformed, and never fails on garbage', () => {
    expect(
      parseChallenges(['Digest realm="r"', 'Digest nonce="n"', 'Digest', '', ',,=,"', 'Digest realm="r\0", nonce="n"']),
    ).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        parseChallenges(values.map((value) => `Digest ${value}`));
      }),
    );
  });
});

describe('our own header', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Cc}/u.test(value));
  const challenge: fc.Arbitrary<Challenge> = fc.record({
    realm: text,
    nonce: text,
    opaque: fc.option(text),
    algorithm: fc.constantFrom(null, 'MD5', 'md5', 'MD5-sess', 'SHA-256', 'SHA-512-256-sess'),
    qops: fc.subarray(['auth', 'auth-int']),
    isStale: fc.boolean(),
  });

  it('read again gives back its fields', () => {
    fc.assert(
      fc.property(challenge, text, text, text, (given, username, password, cnonce) => {
        const choice = chooseChallenge([given]);
        if (choice.kind !== 'chosen') throw new Error(choice.kind);
        const value = authorization(
          { chosen: choice, username, password, cnonce, method: 'REGISTER', uri: 'sip:h', body: '', nonceCount: 255 },
          hash,
        );
        const schemes = parseSchemes(value);
        expect(schemes.map(({ scheme }) => scheme)).toEqual(['Digest']);
        const read = fields(value);
        expect(read).toMatchObject({ username, realm: given.realm, nonce: given.nonce, uri: 'sip:h' });
        expect(read['opaque'] ?? null).toBe(given.opaque);
        expect(read['algorithm'] ?? null).toBe(given.algorithm);
        expect(read['qop'] ?? null).toBe(choice.qop);
        if (choice.qop !== null) expect(read).toMatchObject({ nc: '000000ff', cnonce });
      }),
    );
  });

  it.each(['\r\n', '\n', '\r', '\0'])('refuses %j in any field, and does not print the value', (bad) => {
    const good = {
      chosen: chosen('Digest realm="r", nonce="n", qop="auth"'),
      username: 'u',
      password: 'p',
      method: 'REGISTER',
      uri: 'sip:h',
      body: '',
      nonceCount: 1,
      cnonce: 'c',
    };
    for (const field of ['username', 'password', 'method', 'uri', 'cnonce'] as const) {
      const refused = errorOf(() => authorization({ ...good, [field]: `s3cret${bad}X-Evil: 1` }, hash));
      expect(refused).toMatchObject({ code: 'sip-protocol', retryable: false });
      expect(refused.message).toBe(`The digest's ${field} has a line break or another control character in it`);
    }
  });
});

function errorOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
