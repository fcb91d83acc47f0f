import { expect, onTestFinished, test } from 'vitest';
import {
  enrolment,
  provisioning,
  rawRequest,
  servedPhone,
  sha256,
  startPhoneWorld,
  type PhoneWorld,
} from './phones.ts';

const TOKEN = 'f00dfeed0123456789abcdef01234567';
const OLD = 'dead0000feed456789abcdef01234567';
const LATE = 'beef0000feed456789abcdef01234567';
const NOBODY = 'ffff0000feed456789abcdef01234567';
const MAC = '805ec0aabb01';
const OTHER = 'c074adaabb02';

async function worldOfTwo(): Promise<PhoneWorld> {
  const world = await startPhoneWorld({
    secrets: [OLD, LATE],
    phones: [
      servedPhone(MAC, [provisioning(TOKEN, true), enrolment(LATE, 500)], {
        endedTokens: [{ hash: sha256(OLD), kind: 'provisioning' }],
      }),
      servedPhone(OTHER, [provisioning(`${TOKEN}g`)], { vendor: 'grandstream' }),
    ],
  });
  onTestFinished(() => world.close());
  return world;
}

test.each([
  ['its file', 'GET', `/p/${TOKEN}/${MAC}.cfg`, 200, [[MAC, 'served', null]]],
  ['a healthy 404', 'GET', `/p/${TOKEN}/${MAC}.boot`, 404, [[MAC, 'not-ours', null]]],
  [
    'a Grandstream set up as a Yealink',
    'GET',
    `/p/${TOKEN}/cfg${MAC}.xml`,
    404,
    [[MAC, 'other-vendor', 'grandstream, htek']],
  ],
  ['an old token', 'GET', `/p/${OLD}/${MAC}.cfg`, 404, [[MAC, 'token-replaced', null]]],
  ['a late enrolment', 'GET', `/e/${LATE}/${MAC}.cfg`, 404, [[MAC, 'enrolment-ended', null]]],
  ['a token of nobody', 'GET', `/p/${NOBODY}/${MAC}.cfg`, 404, [[MAC, 'token-unknown', null]]],
  ['no token', 'GET', `/${MAC}.cfg`, 404, [[MAC, 'no-token', null]]],
  ['a log that it puts', 'PUT', `/p/${TOKEN}/${MAC}-app.log`, 405, [[MAC, 'method-refused', null]]],
  [
    'a folder of a model',
    'GET',
    `/p/${TOKEN}/Cisco/CP-8841-3PCC/${MAC}.cfg`,
    404,
    [[MAC, 'other-vendor', 'cisco-mpp']],
  ],
  ['a phone that nobody knows', 'GET', `/p/${NOBODY}/000413aabb03.htm`, 404, [['000413aabb03', 'phone-unknown', null]]],
  [
    'another phone’s file',
    'GET',
    `/p/${TOKEN}/cfg${OTHER}.xml`,
    404,
    [
      [MAC, 'other-mac', OTHER],
      [OTHER, 'token-of-another', MAC],
    ],
  ],
])(
  '%s is told with its reason, and the phone learns no more than its status',
  async (_what, method, target, status, told) => {
    const world = await worldOfTwo();
    const answer = await rawRequest(world.port, target, 'User-Agent: Yealink SIP-T31G\r\n', method);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status === 404) expect(answer).toBe(await rawRequest(world.port, '/'));
    await world.logged(1);
    expect(world.requests.map(({ mac, why, detail }) => [mac, why, detail])).toEqual(told);
    const { method: asked, status: given, address, userAgent, at, times } = world.requests[0] ?? {};
    expect([asked, given, address, userAgent, at, times]).toEqual([
      method,
      status,
      '127.0.0.1',
      'Yealink SIP-T31G',
      1_000,
      1,
    ]);
  },
);

test('I9: a token in the place of a file is told to nobody', async () => {
  const world = await worldOfTwo();
  for (const target of [`/p/${TOKEN}/${TOKEN}`, `/p/${NOBODY}/${TOKEN}.cfg`, `/p/${TOKEN}`, `/x/${TOKEN}/${MAC}.cfg`])
    await rawRequest(world.port, target);
  const lines = await world.logged(4);
  expect(world.requests.map(({ file }) => file)).toEqual([null, null]);
  expect(`${JSON.stringify(world.requests)}${lines.join('\n')}`).not.toContain(TOKEN);
});

test('what cannot be written is told as such', async () => {
  const world = await startPhoneWorld({
    find: () => {
      throw new Error('no such character');
    },
    phones: [servedPhone(MAC, [provisioning(TOKEN)])],
  });
  onTestFinished(() => world.close());
  await rawRequest(world.port, `/p/${TOKEN}/${MAC}.cfg`);
  await world.logged(2);
  expect(world.requests).toMatchObject([{ mac: MAC, why: 'value-not-carried', status: 404 }]);
});
