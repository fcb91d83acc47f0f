import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { GUESS_LIMITS, GuessLimits } from '../../core/guess-limits.ts';
import { basicFor } from './digest-client.ts';
import {
  credentials,
  enrolment,
  provisioning,
  rawRequest,
  servedPhone,
  startPhoneWorld,
  type PhoneWorld,
  type WorldOptions,
} from './phones.ts';

const TOKEN = 'f00dfeed0123456789abcdef01234567';
const LATE = 'beef0000feed456789abcdef01234567';
const DONE = 'beef1111feed456789abcdef01234567';
const MAC = '805ec0aabb01';
const OTHER = '805ec0aabb02';
const TWO = '805ec0aabb03';
const PASSWORD = 'k7q2m9x4t6w8z3n5p2r7';

async function worldOf(over: WorldOptions = {}): Promise<PhoneWorld> {
  const world = await startPhoneWorld({
    secrets: [LATE, DONE],
    phones: [
      servedPhone(MAC, [provisioning(TOKEN, true), enrolment(LATE, 500)]),
      servedPhone(OTHER, [provisioning(`${TOKEN}2`, true), enrolment(DONE, 2_000)]),
    ],
    ...over,
  });
  onTestFinished(() => world.close());
  return world;
}

/** A token that nobody was ever given. */
function guessed(number: number): string {
  return createHash('md5').update(`guess ${number}`).digest('hex');
}

test('a guesser is answered as everybody and makes no more work; phones behind its address are served and told', async () => {
  let asked = 0;
  const limits = new GuessLimits({ ...GUESS_LIMITS, tokens: 5 });
  const catchUp = async (): Promise<void> => {
    asked += 1;
    return Promise.resolve();
  };
  const world = await worldOf({ limits, catchUp });
  const answers = new Set<string>();
  for (let number = 0; number < 50; number += 1)
    answers.add(await rawRequest(world.port, `/p/${guessed(number)}/${MAC}.cfg`));
  answers.add(await rawRequest(world.port, `/p/${TOKEN}/${MAC}.boot`));
  expect(answers.size).toBe(1);
  expect(await rawRequest(world.port, `/p/${TOKEN}/${MAC}.cfg`)).toMatch(/^HTTP\/1\.1 200 /);
  const lines = await world.logged(9);
  expect(lines.filter((line) => line.includes('too many guesses'))).toHaveLength(1);
  expect(lines).toHaveLength(9);
  expect(world.requests.map(({ why }) => why)).toEqual([
    ...Array<string>(6).fill('token-unknown'),
    'not-ours',
    'served',
  ]);
  expect([asked, limits.refused, limits.limitedAt(1_000)]).toEqual([6, 44, 1]);
  for (const token of [guessed(5), TOKEN]) expect(lines.join('\n')).not.toContain(token);
});

test('a site of 200 phones behind one address, six healthy 404s each, is never limited', async () => {
  const limits = new GuessLimits();
  const macs = Array.from({ length: 200 }, (_, at) => `805ec0aa${at.toString(16).padStart(4, '0')}`);
  const world = await worldOf({
    limits,
    phones: macs.map((mac) => servedPhone(mac, [provisioning(`${TOKEN}${mac}`)])),
  });
  const socket = await open(world.port);
  const files = (mac: string): readonly string[] => [
    `${mac}.boot`,
    'y000000000000.boot',
    'y000000000096.cfg',
    `${mac}-local.cfg`,
    `${mac}-contact.xml`,
    'y000000000044.cfg',
  ];
  const targets = macs.flatMap((mac) => files(mac).map((file) => `/p/${TOKEN}${mac}/${file}`));
  for (const target of targets) await timed(socket, target);
  socket.destroy();
  expect([limits.refused, limits.limitedAt(1_000)]).toEqual([0, 0]);
  await world.logged(1_200);
  expect(world.requests.map(({ why }) => why)).toEqual(Array<string>(1_200).fill('not-ours'));
});

test(
  '100 000 guesses of MAC addresses and tokens learn nothing: every answer is the same bytes',
  { timeout: 120_000 },
  async () => {
    const world = await worldOf();
    const plain = await rawRequest(world.port, '/');
    const answer = plain.replace(/^connection: close\r\n/im, 'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n');
    const socket = await open(world.port);
    const guesses = Array.from({ length: 1_000 }, (_, at) => at);
    for (let round = 0; round < 100; round += 1) {
      const targets = guesses.map((at) => targetOf(round * 1_000 + at));
      const asked = targets.map((target) => [target] as const);
      const given = await pipelined(socket, asked, answer.length);
      if (given !== answer.repeat(targets.length)) expect(given).toBe(answer.repeat(targets.length));
    }
    socket.destroy();
    expect(world.fetches).toEqual([]);
    // What is said and kept of it all stays small.
    expect(world.requests.length).toBeLessThan(1_000);
    expect((await world.logged(1)).length).toBeLessThan(1_000);
    expect(await rawRequest(world.port, `/p/${TOKEN}/${MAC}.cfg`)).toMatch(/^HTTP\/1\.1 200 /);
  },
);

/** A guess: a token, a MAC address with a token that is nobody's, and one that is somebody's with each other's file. */
function targetOf(number: number): string {
  const mac = (0x805ec0000000 + number).toString(16);
  const kinds = [
    `/p/${guessed(number)}/${MAC}.cfg`,
    `/p/${guessed(0)}/${mac}.cfg`,
    `/e/${guessed(number)}/${mac}.cfg`,
    `/${mac}.cfg`,
    `/p/${TOKEN}/${mac}.cfg`,
    `/e/${LATE}/${mac}.cfg`,
  ];
  return kinds[number % kinds.length] ?? '/';
}

const CLASSES: Readonly<Record<string, string>> = {
  'a token of nobody': `/p/${guessed(1)}/${MAC}.cfg`,
  'another token of nobody': `/p/${guessed(2)}/${MAC}.cfg`,
  'a phone’s token, a wrong file': `/p/${TOKEN}/${MAC}.boot`,
  'a phone’s token, another’s file': `/p/${TOKEN}/${OTHER}.cfg`,
  'an expired enrolment': `/e/${LATE}/${MAC}.cfg`,
  'an enrolment that is done': `/e/${DONE}/${OTHER}.cfg`,
};

test('how long a refusal takes does not tell why it was one', { timeout: 60_000 }, async () => {
  // As a store is asked: it takes some turns of the event loop.
  const catchUp = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const world = await worldOf({ catchUp });
  const socket = await open(world.port);
  const took = new Map(Object.keys(CLASSES).map((name) => [name, [] as number[]]));
  for (let round = 0; round < 300; round += 1)
    for (const [name, target] of rotated(Object.entries(CLASSES), round))
      took.get(name)?.push(await timed(socket, target));
  socket.destroy();
  expectAlike([...took.values()]);
});

const WRONG: Readonly<Record<string, string>> = {
  'no such phone': basicFor('805ec0aabbff', PASSWORD),
  'no such user': basicFor('admin', PASSWORD),
  'a phone without a password': basicFor(OTHER, PASSWORD),
  'a wrong password': basicFor(MAC, `${PASSWORD}x`),
  'a wrong password of a phone with two': basicFor(TWO, PASSWORD),
};

test('how long a 401 takes does not tell who is known', { timeout: 60_000 }, async () => {
  const catchUp = async (): Promise<void> => {
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const world = await guardedWorld({ catchUp });
  const socket = await open(world.port);
  const took = new Map(Object.keys(WRONG).map((name) => [name, [] as number[]]));
  for (let round = 0; round < 300; round += 1)
    for (const [name, head] of rotated(Object.entries(WRONG), round))
      took.get(name)?.push(await timed(socket, `/c/${MAC}.cfg`, head));
  socket.destroy();
  expectAlike([...took.values()]);
});

test(
  '100 000 guesses of users and passwords learn nothing: every answer is the same bytes',
  { timeout: 120_000 },
  async () => {
    const world = await guardedWorld();
    const plain = await rawRequest(world.port, '/c/');
    const answer = plain.replace(/^connection: close\r\n/im, 'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    const socket = await open(world.port);
    const guesses = Array.from({ length: 1_000 }, (_, at) => at);
    for (let round = 0; round < 100; round += 1) {
      const asked = guesses.map((at): [string, string] => passwordGuess(round * 1_000 + at));
      const given = await pipelined(socket, asked, answer.length);
      if (given !== answer.repeat(asked.length)) expect(given).toBe(answer.repeat(asked.length));
    }
    socket.destroy();
    expect(world.fetches).toEqual([]);
    expect(world.requests.length).toBeLessThan(1_000);
    expect((await world.logged(1)).length).toBeLessThan(1_000);
    expect(await rawRequest(world.port, `/c/${MAC}.cfg`, basicFor(MAC, PASSWORD))).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test('300 phones behind one address, each asked for its password at each of its files, are never limited', async () => {
  const limits = new GuessLimits();
  const macs = Array.from({ length: 300 }, (_, at) => `805ec0aa${at.toString(16).padStart(4, '0')}`);
  const world = await guardedWorld({
    limits,
    phones: macs.map((mac) => servedPhone(mac, [provisioning(`${TOKEN}${mac}`), credentials(mac, PASSWORD)])),
  });
  const socket = await open(world.port);
  for (const mac of macs)
    for (const file of [`${mac}.boot`, `${mac}.cfg`]) {
      await timed(socket, `/c/${file}`);
      await timed(socket, `/c/${file}`, basicFor(mac, PASSWORD));
    }
  expect([limits.refused, limits.limitedAt(1_000)]).toEqual([0, 0]);
  // Who goes through addresses without a word of who it is is one that guesses, all the same.
  for (let at = 0; at <= GUESS_LIMITS.macs; at += 1)
    await timed(socket, `/c/${(0x001565000000 + at).toString(16).padStart(12, '0')}.cfg`);
  socket.destroy();
  expect(limits.limitedAt(1_000)).toBe(1);
});

/** A user and a password, for his own file or another's. */
function passwordGuess(number: number): [string, string] {
  const mac = (0x805ec0000000 + number).toString(16);
  const kinds: readonly [string, string][] = [
    [`/c/${mac}.cfg`, basicFor(mac, guessed(number))],
    [`/c/${MAC}.cfg`, basicFor(MAC, guessed(number))],
    [`/c/${MAC}.cfg`, basicFor(mac, PASSWORD)],
    [`/c/${mac}.cfg`, ''],
  ];
  return kinds[number % kinds.length] ?? ['/c/', ''];
}

async function guardedWorld(over: WorldOptions = {}): Promise<PhoneWorld> {
  return worldOf({
    publicUrl: 'https://phones.example.net',
    schemes: ['digest-sha-256', 'digest-md5', 'basic'],
    secrets: [PASSWORD],
    phones: [
      servedPhone(MAC, [provisioning(TOKEN, true), credentials(MAC, PASSWORD, true)]),
      servedPhone(OTHER, [provisioning(`${TOKEN}2`, true)]),
      servedPhone(TWO, [credentials(TWO, 'c4v8b2n6m9q3w7e5r2t8', true), credentials(TWO, 'd4v8b2n6m9q3w7e5r2t8')]),
    ],
    ...over,
  });
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function requestFor(target: string, head = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: phones.example.net\r\n${head}\r\n`;
}

/** Asks for all of them at once and gives all answers, without their Date; `length` is that of one without its Date. */
async function pipelined(
  socket: Socket,
  asked: readonly (readonly [target: string, head?: string])[],
  length: number,
): Promise<string> {
  const dated = length + 'Date: Mon, 30 Nov 2026 11:00:00 GMT\r\n'.length;
  socket.write(asked.map(([target, head]) => requestFor(target, head)).join(''));
  let given = '';
  while (given.length < dated * asked.length) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer];
    given += chunk.toString('latin1');
  }
  return given.replace(/^date: .*\r\n/gim, '');
}

/** Asks for one and gives how long the answer took, ms. */
async function timed(socket: Socket, target: string, head = ''): Promise<number> {
  const from = performance.now();
  socket.write(requestFor(target, head));
  await once(socket, 'data', { signal: AbortSignal.timeout(20_000) });
  return performance.now() - from;
}

/** Held to the noise within a class: over all of them, a difference between two halves would be its own excuse. */
function expectAlike(classes: readonly (readonly number[])[]): void {
  const medians = classes.map((times) => quantile(times, 0.5));
  const noise = quantile(
    classes.map((times) => quantile(times, 0.75) - quantile(times, 0.25)),
    0.5,
  );
  const slack = quantile(classes.flat(), 0.5) * 0.25;
  expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(Math.max(noise, slack));
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
