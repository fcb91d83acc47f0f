import { expect, onTestFinished, test } from 'vitest';
import type { ServedPhone } from '../../../store/phone-ports.ts';
import { GUESS_LIMITS, GuessLimits } from '../../core/guess-limits.ts';
import { withinAny } from '../../led-phones.ts';
import { openEnrolment } from '../../phone-files.ts';
import { enrolment, provisioning, rawRequest, servedPhone, startPhoneWorld, type PhoneWorld } from './phones.ts';

const PUBLIC_URL = 'http://127.0.0.1:8471/voz';
const [OPEN, OVER, HOME, NEVER] = ['805ec0aabb01', '805ec0aabb02', '805ec0aabb03', '805ec0aabb04'];
const token = (number: number): string => `f00dfeed0123456789abcdef0123456${number}`;
const NOW = 1_000;

const PHONES: readonly ServedPhone[] = [
  servedPhone(OPEN, [provisioning(token(1)), enrolment(token(2), NOW + 1)]),
  servedPhone(OVER, [provisioning(token(3)), enrolment(token(4), NOW)]),
  servedPhone(HOME, [provisioning(token(5), true), enrolment(token(6), NOW + 1)]),
  servedPhone(NEVER, []),
];

async function worldOf(networks: readonly string[], limits = new GuessLimits()): Promise<PhoneWorld> {
  const phones = new Map(PHONES.map((phone) => [phone.mac, phone]));
  const world = await startPhoneWorld({
    publicUrl: PUBLIC_URL,
    phones: PHONES,
    limits,
    now: () => NOW,
    led: {
      isLed: withinAny(networks),
      enrolment: (mac) => openEnrolment(phones.get(mac) ?? null, { publicUrl: PUBLIC_URL }, NOW),
    },
  });
  onTestFinished(() => world.close());
  return world;
}

test('a phone whose enrolment is open gets by its MAC what its enrolmentUrl gives, and it is noted as that', async () => {
  const world = await worldOf(['127.0.0.0/8']);
  const given = await rawRequest(world.port, `/e/${token(2)}/${OPEN}.cfg`);
  expect(given).toMatch(/^HTTP\/1\.1 200 /);
  expect(given).toContain(token(1));
  expect(await rawRequest(world.port, `/${OPEN}.cfg`)).toBe(given);
  expect(await rawRequest(world.port, `/voz/${OPEN}.cfg`)).toBe(given);
  expect(await rawRequest(world.port, `//${OPEN}.cfg?x=1`)).toBe(given);
  expect((await rawRequest(world.port, `/${OPEN}.cfg`, '', 'HEAD')).startsWith('HTTP/1.1 200 ')).toBe(true);
  await world.logged(5);
  expect(new Set(world.requests.map(({ origin, why, mac }) => `${origin} ${why} ${mac}`))).toEqual(
    new Set([`own served ${OPEN}`]),
  );
  expect(world.fetches.map(({ mac, isWhole }) => [mac, isWhole])).toEqual(Array(4).fill([OPEN, false]));
});

test('whatever else is asked for there is one and the same 404: no name, no enrolment, no file of its, no key', async () => {
  const world = await worldOf(['127.0.0.0/8']);
  const answers = new Set<string>();
  const targets = [
    ...[OVER, HOME, NEVER, '805ec0aabb99'].map((mac) => `/${mac}.cfg`),
    ...['/', '/index.html', `/${OPEN}`, `/${OPEN}.boot`, `/x/${OPEN}.cfg`, `/%2f${OPEN}.cfg`, `/../${OPEN}.cfg`],
    ...['/y000000000096.cfg', '/000000000000.cfg', `/p/${OPEN}.cfg`, `/e//${OPEN}.cfg`, `/p//${OPEN}.cfg`],
  ];
  for (const target of targets) answers.add(await rawRequest(world.port, target, `User-Agent: Yealink ${OPEN}\r\n`));
  expect([...answers]).toEqual([expect.stringMatching(/^HTTP\/1\.1 404 [\s\S]*\r\n\r\nnot found\n$/)]);
  expect(world.fetches).toEqual([]);
});

test.each([[[]], [['10.5.0.0/24']], [['2001:db8::/32', '128.0.0.0/8']]])(
  'from outside of the networks %j a MAC opens nothing',
  async (networks) => {
    const world = await worldOf(networks);
    const [asked, known] = [
      await rawRequest(world.port, `/${NEVER}.cfg`),
      await rawRequest(world.port, `/${OPEN}.cfg`),
    ];
    expect(known).toBe(asked);
    expect(known).toMatch(/^HTTP\/1\.1 404 /);
    await world.logged(2);
    expect(world.requests.map(({ why }) => why)).toEqual(['not-enrolled', 'no-token']);
  },
);

test('who tries out MAC addresses there is soon answered as everybody outside, also for one whose enrolment is open', async () => {
  const world = await worldOf(['127.0.0.0/8'], new GuessLimits({ ...GUESS_LIMITS, macs: 5 }));
  for (let at = 0; at < 6; at += 1) await rawRequest(world.port, `/805ec0aacc0${at}.cfg`);
  await world.logged(7);
  expect(await rawRequest(world.port, `/${OPEN}.cfg`)).toMatch(/^HTTP\/1\.1 404 /);
  // Its own token is no guess.
  expect(await rawRequest(world.port, `/e/${token(2)}/${OPEN}.cfg`)).toMatch(/^HTTP\/1\.1 200 /);
});
