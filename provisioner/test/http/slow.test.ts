import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { LISTENER_LIMITS } from '../../phone-listener.ts';
import { provisioning, rawExchange, rawRequest, servedPhone, startPhoneWorld, type PhoneWorld } from './phones.ts';

const TOKEN = 'f00dfeed0123456789abcdef01234567';
const MAC = '805ec0aabb01';
const FILE = `/p/${TOKEN}/${MAC}.cfg`;

/** The limits that are in force, but sooner. */
async function hastyWorld(over: Partial<typeof LISTENER_LIMITS> = {}): Promise<PhoneWorld> {
  const world = await startPhoneWorld({
    phones: [servedPhone(MAC, [provisioning(TOKEN)])],
    listener: { ...LISTENER_LIMITS, headersMs: 300, requestMs: 400, lookMs: 50, ...over },
  });
  onTestFinished(() => world.close());
  return world;
}

async function silent(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test.each([
  ['says nothing', ''],
  ['never ends its headers', `GET ${FILE} HTTP/1.1\r\nHost: x\r\n`],
  ['never ends its request line', 'GET /p/'],
])('a connection that %s is ended', async (_what, beginning) => {
  const world = await hastyWorld();
  const answer = await rawExchange(world.port, beginning);
  expect(answer === '' || answer.startsWith('HTTP/1.1 408 ')).toBe(true);
  expect(world.fetches).toEqual([]);
});

test('one byte at a time does not keep a connection, and phones are served meanwhile', async () => {
  const world = await hastyWorld();
  const slow = await silent(world.port);
  const ended = once(slow, 'close', { signal: AbortSignal.timeout(10_000) }).then(() => true);
  slow.resume();
  let served = 0;
  // Each byte waits for a phone to be served: the drip never rests for long.
  while (!slow.destroyed) {
    slow.write('G');
    if ((await rawRequest(world.port, FILE)).startsWith('HTTP/1.1 200 ')) served += 1;
  }
  expect(await ended).toBe(true);
  expect(served).toBeGreaterThan(0);
});

test('a flood of silent connections shuts no phone out: the one that was silent longest gives way', async () => {
  const world = await hastyWorld({ connections: 20, headersMs: 60_000, requestMs: 60_000 });
  const flood: Socket[] = [];
  for (let number = 0; number < 100; number += 1) flood.push(await silent(world.port));
  expect(await rawRequest(world.port, FILE)).toMatch(/^HTTP\/1\.1 200 /);
  const kept = await silent(world.port);
  kept.write(`GET ${FILE} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(kept, 'data');
  expect(kept.destroyed).toBe(false);
  await expect
    .poll(() => flood.filter(({ destroyed, readyState }) => !destroyed && readyState === 'open').length)
    .toBeLessThan(20);
  for (const socket of [...flood, kept]) socket.destroy();
});

test('the limits in force are short, and no header is large', () => {
  const { headersMs, requestMs, idleMs, headerBytes } = LISTENER_LIMITS;
  expect([headersMs <= 10_000, requestMs <= 15_000, idleMs <= 30_000, headerBytes <= 8_192]).toEqual(
    Array(4).fill(true),
  );
});

test('pipelined requests are answered in order, each by itself', async () => {
  const world = await hastyWorld();
  const ask = (target: string, more = ''): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  const answers = await rawExchange(
    world.port,
    ask('/') + ask(FILE) + ask(`/p/${TOKEN}/${MAC}.boot`) + ask(FILE, 'Connection: close\r\n'),
  );
  expect([...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1])).toEqual(['404', '200', '404', '200']);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('the body of a %s is not waited for and not read', async (method) => {
  const world = await hastyWorld({ headersMs: 60_000, requestMs: 60_000 });
  const head = `${method} ${FILE} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n`;
  const answer = await rawExchange(world.port, `${head}\r\nthe beginning of a log`);
  expect(answer).toMatch(/^HTTP\/1\.1 405 /);
  expect(answer).toMatch(/connection: close/i);
  const chunked = `${method} ${FILE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`;
  expect(await rawExchange(world.port, chunked)).toMatch(/^HTTP\/1\.1 405 /);
  expect(world.fetches).toEqual([]);
});

test.each([
  ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
  ['a folded header', 'X: a\r\n b\r\n\tc\r\nTransfer-Encoding : chunked\r\n'],
  ['a header without a name', ': x\r\n'],
  ['NUL in a header', 'X: a\u0000b\r\n'],
])('what may be two requests to a proxy is none to us: %s', async (_what, headers) => {
  const world = await hastyWorld();
  const hidden = `GET ${FILE} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const answer = await rawExchange(world.port, `POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n${hidden}`);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(answer).not.toContain('200 OK');
  expect(world.fetches).toEqual([]);
});
