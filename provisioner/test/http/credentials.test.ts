import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../../lab/routeros/certificate.ts';
import { NONCE_MS } from '../../core/authorization.ts';
import { GUESS_LIMITS, GuessLimits } from '../../core/guess-limits.ts';
import { basicFor, digestFor, headersOf } from './digest-client.ts';
import {
  credentials,
  provisioning,
  rawRequest,
  servedPhone,
  startPhoneWorld,
  type PhoneWorld,
  type WorldOptions,
} from './phones.ts';
import { overTls } from './tls-client.ts';

const MAC = '805ec0aabb01';
const OTHER = '805ec0aabb02';
const BARE = '805ec0aabb03';
const PASSWORD = 'k7q2m9x4t6w8z3n5p2r7';
const OTHERS = 'c4v8b2n6m9q3w7e5r2t8';
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';
const FILE = `/c/${MAC}.cfg`;
const ALL = ['digest-sha-256', 'digest-md5', 'basic'] as const;

async function worldOf(over: WorldOptions = {}): Promise<PhoneWorld> {
  const world = await startPhoneWorld({
    secrets: [PASSWORD, OTHERS],
    schemes: ALL,
    phones: [
      servedPhone(MAC, [provisioning('Tk0123456789abcdefXYZ'), credentials(MAC, PASSWORD)]),
      servedPhone(OTHER, [provisioning('Ot0123456789abcdefXYZ'), credentials(OTHER, OTHERS)]),
      servedPhone(BARE, [provisioning('Ba0123456789abcdefXYZ')]),
    ],
    ...over,
  });
  onTestFinished(() => world.close());
  return world;
}

test.each(['SHA-256', 'MD5'] as const)(
  'a phone comes with a digest of %s and gets its whole file',
  async (algorithm) => {
    const world = await worldOf();
    const asked = await rawRequest(world.port, FILE);
    expect(asked).toMatch(/^HTTP\/1\.1 401 /);
    expect(headersOf(asked, 'www-authenticate').map((value) => value.replace(/nonce="[^"]*"/, 'nonce'))).toEqual([
      'Digest realm="phones", qop="auth", algorithm=SHA-256, nonce',
      'Digest realm="phones", qop="auth", algorithm=MD5, nonce',
      'Basic realm="phones"',
    ]);
    const answer = await rawRequest(
      world.port,
      FILE,
      digestFor(asked, FILE, { user: MAC, password: PASSWORD, algorithm }),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(KEY);
    // Its way is its own: the URL, the user and the password stand in its settings.
    expect(answer).not.toMatch(/server\.url|phones\.example|127\.0\.0\.1|\/[pc]\//);
    await world.logged(2);
    expect(world.fetches).toMatchObject([{ mac: MAC, tokenHash: credentials(MAC, PASSWORD).hash, isWhole: true }]);
    expect(world.catalogue.wholeSha256s(MAC)).toContain(world.fetches[0]?.sha256);
    expect(world.requests.map(({ origin, why, status }) => [origin, why, status])).toEqual([
      ['named', 'no-credentials', 401],
      ['own', 'served', 200],
    ]);
  },
);

test('HEAD, a query, the path of publicUrl and its absolute form are the same place', async () => {
  const world = await worldOf({ publicUrl: 'https://phones.example.net/fonos' });
  const asked = await rawRequest(world.port, FILE);
  const asker = { user: MAC, password: PASSWORD };
  const head = digestFor(asked, FILE, { ...asker, method: 'HEAD' });
  expect(await rawRequest(world.port, FILE, head, 'HEAD')).toMatch(/^HTTP\/1\.1 200 /);
  for (const [uri, target] of [
    [`/fonos${FILE}`, FILE],
    [`/fonos${FILE}`, `/fonos${FILE}`],
    [`${FILE}?a=1`, `${FILE}?a=1`],
    [FILE, `http://phones.example.net${FILE}`],
    [`/c//${MAC}.cfg`, `/c//${MAC}.cfg`],
  ] as const)
    expect(await rawRequest(world.port, target, digestFor(asked, uri, asker))).toMatch(/^HTTP\/1\.1 200 /);
});

test('a digest of before there was any qop is taken', async () => {
  const world = await worldOf();
  const asked = await rawRequest(world.port, FILE);
  const old = asked.replaceAll('qop="auth", ', '');
  const head = digestFor(old, FILE, { user: MAC, password: PASSWORD, algorithm: 'MD5' });
  expect(head).not.toContain('qop');
  expect(await rawRequest(world.port, FILE, head)).toMatch(/^HTTP\/1\.1 200 /);
});

test('who does not say whose it is gets the same bytes, whatever it asks for and whoever it says it is', async () => {
  const world = await worldOf({ publicUrl: 'https://phones.example.net' });
  const plain = await rawRequest(world.port, '/c/');
  expect(plain).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  const targets = [
    FILE,
    `/c/${OTHER}.cfg`,
    `/c/${BARE}.cfg`,
    '/c/805ec0aabbff.cfg',
    `/c/${MAC}.boot`,
    `/c/cfg${MAC}.xml`,
    '/c',
    '/c/../../etc/passwd',
    '/c/%2e%2e%2f',
    '/c/%zz',
    `/c/${'a'.repeat(2_000)}`,
    `http://evil.example${FILE}`,
  ];
  const heads = (target: string): readonly string[] => [
    '',
    basicFor(MAC, OTHERS),
    basicFor(MAC, ''),
    basicFor(OTHER, PASSWORD),
    basicFor(BARE, PASSWORD),
    basicFor('805ec0aabbff', PASSWORD),
    basicFor(MAC.toUpperCase(), PASSWORD),
    basicFor('admin', 'admin'),
    basicFor('', ''),
    basicFor(`${MAC}\0`, PASSWORD),
    'Authorization: Basic !!!\r\n',
    'Authorization: Bearer abc\r\n',
    'Authorization: Digest username="x"\r\n',
    ...[MAC, OTHER, BARE, '805ec0aabbff', 'admin'].flatMap((user) => [
      digestFor(plain, target, { user, password: 'wrong' }),
      digestFor(plain, target, { user, password: 'wrong', algorithm: 'MD5' }),
    ]),
    digestFor(plain, '/c/elsewhere', { user: MAC, password: PASSWORD }),
    digestFor(plain, target, { user: MAC, password: PASSWORD, method: 'POST' }),
    digestFor(plain, target, { user: MAC, password: PASSWORD }).replace('realm="phones"', 'realm="others"'),
    digestFor(plain, target, { user: MAC, password: PASSWORD }).replace('algorithm=SHA-256', 'algorithm=SHA-256-sess'),
    digestFor(plain, target, { user: MAC, password: PASSWORD }).replace('qop=auth', 'qop=auth-int'),
  ];
  for (const target of targets)
    for (const head of heads(target)) {
      const answer = await rawRequest(world.port, target, head);
      expect({ target, head, answer }).toEqual({ target, head, answer: plain });
    }
  expect(world.fetches).toEqual([]);
});

test('with its own password a phone gets no file of another, whether there is such a phone or not', async () => {
  const world = await worldOf();
  const asked = await rawRequest(world.port, '/c/');
  const asker = { user: MAC, password: PASSWORD };
  const ask = (target: string): Promise<string> => rawRequest(world.port, target, digestFor(asked, target, asker));
  const [ofOther, ofNobody, boot] = [
    await ask(`/c/${OTHER}.cfg`),
    await ask('/c/805ec0aabbff.cfg'),
    await ask(`/c/${MAC}.boot`),
  ];
  expect(ofOther).toBe(await rawRequest(world.port, '/'));
  expect([ofNobody, boot]).toEqual([ofOther, ofOther]);
  await world.logged(5);
  expect(world.requests.map(({ mac, why }) => [mac, why])).toEqual([
    [MAC, 'other-mac'],
    [OTHER, 'token-of-another'],
    [MAC, 'other-mac'],
    [MAC, 'not-ours'],
  ]);
});

test('a nonce is good for its time and its address, and what answers an old one is only asked again', async () => {
  const clock = { now: 1_000_000 };
  const world = await worldOf({ now: () => clock.now });
  const asked = await rawRequest(world.port, FILE);
  const head = digestFor(asked, FILE, { user: MAC, password: PASSWORD });
  const status = async (header: string): Promise<string> => (await rawRequest(world.port, FILE, header)).slice(9, 12);
  clock.now += NONCE_MS - 1;
  expect(await status(head)).toBe('200');
  // What was listened to is good for that file alone.
  expect((await rawRequest(world.port, `/c/${OTHER}.cfg`, head)).slice(9, 12)).toBe('401');
  clock.now += 1;
  const again = await rawRequest(world.port, FILE, head);
  expect(headersOf(again, 'www-authenticate').filter((value) => value.endsWith(', stale=true'))).toHaveLength(2);
  // Also for who has no good password, and for a nonce that was never ours: nothing is told by it.
  const wrong = digestFor(asked, FILE, { user: '805ec0aabbff', password: 'wrong' });
  const forged = head.replace(/nonce="([^"-]*)-[^"]*"/, 'nonce="$1-AAAAAAAAAAAAAAAAAAAAAA"');
  expect(await rawRequest(world.port, FILE, wrong)).toBe(again);
  expect(await rawRequest(world.port, FILE, forged)).toBe(again);
  expect(await status(digestFor(again, FILE, { user: MAC, password: PASSWORD }))).toBe('200');
  // A clock that was set back ends them too.
  clock.now -= 2 * NONCE_MS;
  expect(await status(digestFor(again, FILE, { user: MAC, password: PASSWORD }))).toBe('401');
});

test('while the earlier password is in use both are good', async () => {
  const both = [credentials(MAC, PASSWORD, true), credentials(MAC, OTHERS)];
  const world = await worldOf({ phones: [servedPhone(MAC, [provisioning('Tk0123456789abcdefXYZ'), ...both])] });
  const asked = await rawRequest(world.port, FILE);
  for (const password of [PASSWORD, OTHERS])
    expect(await rawRequest(world.port, FILE, digestFor(asked, FILE, { user: MAC, password }))).toContain(KEY);
  await world.logged(3);
  expect(world.fetches.map(({ tokenHash }) => tokenHash)).toEqual(both.map((one) => one.hash));
  expect(new Set(world.fetches.map((fetch) => fetch.sha256)).size).toBe(1);
});

test('Basic is neither asked for nor taken where it can be read on the way, and the phone’s trace says so', async () => {
  const world = await worldOf({ publicUrl: 'http://192.0.2.2:8471' });
  const plain = await rawRequest(world.port, FILE);
  expect(headersOf(plain, 'www-authenticate').join()).not.toContain('Basic');
  expect(await rawRequest(world.port, FILE, basicFor(MAC, PASSWORD))).toBe(plain);
  await world.logged(2);
  expect(world.requests.map(({ mac, why }) => [mac, why])).toEqual([
    [MAC, 'no-credentials'],
    [MAC, 'password-in-clear'],
  ]);
});

test('Basic is taken over TLS, whatever publicUrl says', async () => {
  const { certificatePem: cert, keyPem: key } = selfSigned('phones.example.net', Date.now());
  const world = await worldOf({ tls: { cert, key }, publicUrl: 'https://phones.example.net' });
  const path = FILE;
  const plain = await overTls({ port: world.port, ca: cert }, path);
  expect([plain.status, String(plain.headers['www-authenticate'])]).toEqual([401, expect.stringContaining('Basic')]);
  const headers = { authorization: basicFor(MAC, PASSWORD).slice('Authorization: '.length).trim() };
  const answer = await overTls({ port: world.port, ca: cert }, path, headers);
  expect([answer.status, answer.body.includes(KEY)]).toEqual([200, true]);
});

test('a phone is asked in the order of the configuration, and what is left out of it is not taken', async () => {
  const world = await worldOf({ schemes: ['digest-md5'], publicUrl: 'https://phones.example.net' });
  const plain = await rawRequest(world.port, FILE);
  expect(headersOf(plain, 'www-authenticate')).toHaveLength(1);
  const wide = plain.replace('algorithm=MD5', 'algorithm=SHA-256');
  expect(await rawRequest(world.port, FILE, digestFor(wide, FILE, { user: MAC, password: PASSWORD }))).toBe(plain);
  expect(await rawRequest(world.port, FILE, basicFor(MAC, PASSWORD))).toBe(plain);
});

test('a phone that was given its password a moment ago is let in', async () => {
  const world = await worldOf({
    phones: [],
    catchUp: async (catalogue) => {
      catalogue.put([servedPhone(MAC, [credentials(MAC, PASSWORD)])]);
      return Promise.resolve();
    },
  });
  const asked = await rawRequest(world.port, FILE);
  expect(await rawRequest(world.port, FILE, digestFor(asked, FILE, { user: MAC, password: PASSWORD }))).toContain(KEY);
});

test('where phones come by URLs alone there is nothing under /c/, and another method is refused as everywhere', async () => {
  const without = await startPhoneWorld({ phones: [servedPhone(MAC, [credentials(MAC, PASSWORD)])] });
  onTestFinished(() => without.close());
  const nothing = await rawRequest(without.port, '/');
  for (const head of ['', basicFor(MAC, PASSWORD)]) expect(await rawRequest(without.port, FILE, head)).toBe(nothing);
  const world = await worldOf();
  expect(await rawRequest(world.port, FILE, '', 'POST')).toBe(await rawRequest(world.port, '/', '', 'POST'));
});

test('I11: a publicUrl that is itself /c takes no phone’s URL away from it', async () => {
  const world = await worldOf({ publicUrl: 'http://127.0.0.1:8471/c' });
  const own = `/p/Tk0123456789abcdefXYZ/${MAC}.cfg`;
  for (const target of [`/c${own}`, own]) expect(await rawRequest(world.port, target)).toMatch(/^HTTP\/1\.1 200 /);
  for (const target of [`/c/c/${MAC}.cfg`, FILE, '/c/else/where'])
    expect(await rawRequest(world.port, target)).toMatch(/^HTTP\/1\.1 401 /);
});

test('a phone whose nonce is over and that asks for a file of its model is no guesser', async () => {
  const limits = new GuessLimits({ ...GUESS_LIMITS, tokens: 0 });
  let now = Date.now();
  const world = await worldOf({ limits, now: () => now });
  const file = '/c/y000000000096.cfg';
  const digest = digestFor(await rawRequest(world.port, file), file, {
    user: MAC,
    password: PASSWORD,
    algorithm: 'SHA-256',
  });
  now += NONCE_MS + 1_000;
  expect(await rawRequest(world.port, file, digest)).toMatch(/stale=true/);
  await world.logged(2);
  expect(limits.limitedAt(now)).toBe(0);
});
