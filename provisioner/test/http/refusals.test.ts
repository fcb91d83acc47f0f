import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  enrolment,
  provisioning,
  rawExchange,
  rawRequest,
  servedPhone,
  startPhoneWorld,
  type PhoneWorld,
} from './phones.ts';

const TOKEN = 'Tk0123456789abcdefXYZ';
const ENROLMENT = 'En0123456789abcdefXYZ';
const LATE = 'La0123456789abcdefXYZ';
const DONE = 'Do0123456789abcdefXYZ';
const MAC = '805ec0aabb01';

/** Ways to climb out of a folder, or to say a name that is refused by another spelling; none may be decoded or resolved. */
const ODD_PATHS = [
  '..',
  '../',
  `../${TOKEN}/${MAC}.cfg`,
  `./${MAC}.cfg`,
  `x/../${MAC}.cfg`,
  `${MAC}.cfg/..`,
  `${MAC}.cfg/.`,
  `${MAC}.cfg/`,
  `${MAC}.cfg//`,
  `....//${MAC}.cfg`,
  '%2e%2e',
  '%2e%2e/%2e%2e/etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '..%5c..%5cwindows',
  '%252e%252e%252f',
  '%c0%ae%c0%ae/etc/passwd',
  '%e0%80%ae/etc/passwd',
  '%u002e%u002e/etc/passwd',
  '..\\..\\etc',
  `${MAC}%2ecfg`,
  `${MAC}.cf%67`,
  `%${MAC}.cfg`,
  `${MAC}.cfg%00.txt`,
  `${MAC}.cfg%0a`,
  `${MAC}.cfg%20`,
  `${MAC}.cfg.`,
  `${MAC}.cfg:$DATA`,
  `${MAC}.cfg~`,
  `.${MAC}.cfg`,
  `+${MAC}.cfg`,
  `${MAC}..cfg`,
  `${MAC}.cfg.bak`,
  `-${MAC}.cfg`,
  `file:///etc/passwd`,
  `//etc/passwd`,
  `/p/${TOKEN}/${MAC}.cfg`,
  `%70/${TOKEN}/${MAC}.cfg`,
  `{mac}.cfg`,
  `$MA.xml`,
  `%MACD.xml`,
  `;/${MAC}.cfg`,
];

describe('refusals', () => {
  let world: PhoneWorld;

  beforeAll(async () => {
    world = await startPhoneWorld({
      secrets: [ENROLMENT, LATE, DONE],
      phones: [
        servedPhone(MAC, [provisioning(TOKEN, true), provisioning(`${TOKEN}2`), enrolment(ENROLMENT, 2_000)]),
        servedPhone('805ec0aabb02', [provisioning(`${LATE}p`), enrolment(LATE, 1_000)]),
        servedPhone('805ec0aabb03', [provisioning(`${DONE}p`, true), enrolment(DONE, 2_000)]),
      ],
    });
  });
  afterAll(async () => world.close());

  const unknown = [
    ['unknown token', `/p/Xx0123456789abcdefXYZ/${MAC}.cfg`],
    ['unknown MAC', `/p/${TOKEN}/805ec0aabbff.cfg`],
    ['another phone’s MAC', `/p/${TOKEN}/805ec0aabb02.cfg`],
    ['wrong file', `/p/${TOKEN}/${MAC}.boot`],
    ['another vendor’s file', `/p/${TOKEN}/cfg${MAC}.xml`],
    ['no file', `/p/${TOKEN}/`],
    ['no slash', `/p/${TOKEN}`],
    ['a provisioning token for enrolment', `/e/${TOKEN}/${MAC}.cfg`],
    ['an enrolment token for provisioning', `/p/${ENROLMENT}/${MAC}.cfg`],
    ['an expired enrolment', `/e/${LATE}/805ec0aabb02.cfg`],
    ['an enrolment whose phone has come home', `/e/${DONE}/805ec0aabb03.cfg`],
    ['root', '/'],
    ['another path', '/healthz'],
    ['traversal', `/p/${TOKEN}/../../etc/passwd`],
    ['encoded traversal', `/p/${TOKEN}/%2e%2e%2f${MAC}.cfg`],
    ['twice encoded', `/p/${TOKEN}/%252e%252e%252f${MAC}.cfg`],
    ['an encoded letter', `/p/${TOKEN}/%38${MAC.slice(1)}.cfg`],
    ['a broken encoding', `/p/${TOKEN}/%zz`],
    ['an encoded NUL', `/p/${TOKEN}/${MAC}.cfg%00`],
    ['backslashes', `/p/${TOKEN}\\${MAC}.cfg`],
    ['a path parameter', `/p/${TOKEN}/${MAC}.cfg;x=1`],
    ['three slashes', `/p/${TOKEN}///${MAC}.cfg`],
    ['a long token', `/p/${'a'.repeat(2_000)}/${MAC}.cfg`],
    ['a long file', `/p/${TOKEN}/${'a'.repeat(2_000)}.cfg`],
    ['another host’s absolute form', `http://evil.example/p/${TOKEN}x/${MAC}.cfg`],
    ['an asterisk', '*'],
    ...ODD_PATHS.map((path) => [`the odd path ${JSON.stringify(path)}`, `/p/${TOKEN}/${path}`] as const),
    ...ODD_PATHS.map((path) => [`the odd start ${JSON.stringify(path)}`, `/${path}/p/${TOKEN}/${MAC}.cfg`] as const),
  ] as const;

  test('every refusal is the same bytes, for GET and for HEAD', async () => {
    const heads = new Set<string>();
    const answers = new Map<string, string>();
    for (const [what, target] of unknown) {
      answers.set(what, await rawRequest(world.port, target));
      heads.add(await rawRequest(world.port, target, '', 'HEAD'));
    }
    const [first = ''] = answers.values();
    expect(first).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(first).toMatch(/\r\n\r\nnot found\n$/);
    for (const [what, answer] of answers) expect({ what, answer }).toEqual({ what, answer: first });
    expect([...heads]).toEqual([first.replace(/not found\n$/, '')]);
  });

  test('conditions and ranges do not tell a refusal apart', async () => {
    const head = 'If-None-Match: *\r\nRange: bytes=0-3\r\nAccept-Encoding: gzip\r\n';
    const plain = await rawRequest(world.port, '/');
    for (const [, target] of unknown) expect(await rawRequest(world.port, target, head)).toBe(plain);
  });

  test('another method is refused alike for what is there and what is not', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE']) {
      const answers = new Set<string>();
      for (const target of [`/p/${TOKEN}/${MAC}.cfg`, `/p/${TOKEN}/%zz`, '/'])
        answers.add(await rawRequest(world.port, target, 'Content-Length: 0\r\n', method));
      expect(answers.size).toBe(1);
      const [answer = ''] = answers;
      expect(answer).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n/);
      expect(answer).toContain('allow: GET, HEAD\r\n');
    }
  });

  test('what a phone puts to us is neither read nor taken for the next request', async () => {
    const body = `GET /p/${TOKEN}/${MAC}.cfg HTTP/1.1\r\nHost: x\r\n\r\n`;
    const request = `PUT /p/${TOKEN}/${MAC}.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answer = await rawExchange(world.port, request);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toContain('405');
  });

  test('headers and targets without end are cut off', async () => {
    expect(await rawRequest(world.port, `/p/${'a'.repeat(20_000)}/x`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await rawRequest(world.port, '/', `X: ${'a'.repeat(20_000)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await rawExchange(world.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('no refusal is a fetch, and none of a phone’s secrets is in the log', async () => {
    const before = (await world.logged(1)).length;
    await rawRequest(world.port, `/p/${TOKEN}/${TOKEN}`);
    await rawRequest(world.port, `/p/${TOKEN}/${MAC}.boot`);
    const lines = await world.logged(before + 2);
    expect(world.fetches).toEqual([]);
    for (const secret of [TOKEN, ENROLMENT, LATE, DONE]) expect(lines.join('\n')).not.toContain(secret);
    expect(lines.at(-1)).toContain(`"why":"not-ours","mac":"${MAC}","file":"${MAC}.boot"`);
  });
});
