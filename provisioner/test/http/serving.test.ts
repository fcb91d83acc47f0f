import { once } from 'node:events';
import { Agent, get, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogueFile } from '../../catalogue-file.ts';
import {
  enrolment,
  provisioning,
  rawExchange,
  rawRequest,
  servedLine,
  servedPhone,
  sha256,
  startPhoneWorld,
  type PhoneWorld,
} from './phones.ts';

const TOKEN = 'Tk0123456789abcdefXYZ';
const NEXT = 'Nx0123456789abcdefXYZ';
const ENROLMENT = 'En0123456789abcdefXYZ';
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';
const MAC = '805ec0aabb01';
const FILE = `/p/${TOKEN}/${MAC}.cfg`;

describe('serving', () => {
  let world: PhoneWorld;

  beforeAll(async () => {
    world = await startPhoneWorld({
      secrets: [ENROLMENT],
      publicUrl: 'http://phones.example.net:8471/telefonos',
      phones: [
        servedPhone(MAC, [provisioning(TOKEN, true), provisioning(NEXT), enrolment(ENROLMENT, 2_000)]),
        servedPhone('c074adaabb02', [provisioning(`${TOKEN}g`)], { vendor: 'grandstream' }),
        servedPhone('000413aabb03', [provisioning(`${TOKEN}s`)], { vendor: 'snom' }),
        servedPhone('805ec0aabb04', [provisioning(`${TOKEN}4`)], { lines: [servedLine('1004', null)] }),
      ],
    });
  });
  afterAll(async () => world.close());
  beforeEach(() => {
    world.fetches.length = 0;
  });

  test('a phone gets its whole file, and the fetch is told with what was sent', async () => {
    const { response, body } = await fetched(FILE, {
      'user-agent': 'Yealink SIP-T31G 124.85.257.55 80:5e:c0:aa:bb:01',
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      etag: `"${sha256(body).slice(0, 32)}"`,
    });
    expect(body.toString()).toContain(`account.1.password = ${KEY}`);
    await told(1);
    expect(world.fetches).toEqual([
      {
        mac: MAC,
        at: 1_000,
        file: `${MAC}.cfg`,
        sha256: sha256(body),
        tokenHash: sha256(TOKEN),
        address: '127.0.0.1',
        userAgent: 'Yealink SIP-T31G 124.85.257.55 80:5e:c0:aa:bb:01',
        isWhole: true,
        revision: 1,
      },
    ]);
    expect(world.catalogue.wholeSha256s(MAC)).toContain(sha256(body));
  });

  test('under each token stands that token’s own URL; enrolment leads to the newest and holds no key', async () => {
    const underOld = (await fetched(FILE)).body.toString();
    const underNew = (await fetched(`/p/${NEXT}/${MAC}.cfg`)).body.toString();
    const enrolled = (await fetched(`/e/${ENROLMENT}/${MAC}.cfg`)).body.toString();
    const base = 'http://phones.example.net:8471/telefonos/p';
    expect(underOld).toContain(`static.auto_provision.server.url = ${base}/${TOKEN}/\n`);
    expect(underNew).toContain(`static.auto_provision.server.url = ${base}/${NEXT}/\n`);
    expect(enrolled).toContain(`static.auto_provision.server.url = ${base}/${NEXT}/\n`);
    expect(enrolled).not.toMatch(/account|1001/);
    await told(3);
    expect(world.fetches.map(({ isWhole }) => isWhole)).toEqual([true, true, false]);
  });

  test.each([
    [`/p/${TOKEN}g/cfgC074ADAABB02.xml`, 'application/xml; charset=utf-8', '<P34>'],
    [`/p/${TOKEN}s/snomD785-000413AABB03.htm`, 'application/xml; charset=utf-8', '<user_pass idx="1"'],
    [`/telefonos/p/${TOKEN}/${MAC.toUpperCase()}.cfg`, 'text/plain; charset=utf-8', KEY],
    [`/p/${TOKEN}//${MAC}.cfg?model=T31G`, 'text/plain; charset=utf-8', KEY],
  ])('%s is found as that vendor’s phones ask', async (target, type, text) => {
    const { response, body } = await fetched(target);
    expect(response.headers['content-type']).toBe(type);
    expect(body.toString()).toContain(text);
  });

  test('the absolute form of a target is understood', async () => {
    expect(await rawRequest(world.port, `http://phones.example.net:8471${FILE}`)).toContain(KEY);
  });

  test('HEAD has the head of GET and is no fetch', async () => {
    const whole = await rawRequest(world.port, FILE);
    const head = await rawRequest(world.port, FILE, '', 'HEAD');
    expect(head).toBe(whole.slice(0, whole.indexOf('\r\n\r\n') + 4));
    await told(1);
    expect(world.fetches).toHaveLength(1);
  });

  test('a phone that names the bytes has them: 304 is a whole fetch; any other tag brings the file', async () => {
    const { response, body } = await fetched(FILE);
    const etag = response.headers.etag ?? '';
    const unchanged = await fetched(FILE, { 'if-none-match': `"x", W/${etag}` });
    expect(unchanged.response.statusCode).toBe(304);
    expect(unchanged.body).toHaveLength(0);
    expect(unchanged.response.headers.etag).toBe(etag);
    expect((await fetched(FILE, { 'if-none-match': '"other"' })).response.statusCode).toBe(200);
    expect((await fetched(FILE, { 'if-none-match': '*' })).response.statusCode).toBe(304);
    await told(4);
    expect(world.fetches.map(({ isWhole }) => isWhole)).toEqual([true, true, true, false]);
    expect(new Set(world.fetches.map((fetch) => fetch.sha256))).toEqual(new Set([sha256(body)]));
  });

  test('a range is a part; the last part of bytes that were named makes it whole', async () => {
    const { response, body } = await fetched(FILE);
    const etag = response.headers.etag ?? '';
    const part = await fetched(FILE, { range: 'bytes=0-99' });
    expect(part.response.statusCode).toBe(206);
    expect(part.response.headers['content-range']).toBe(`bytes 0-99/${body.length}`);
    const rest = await fetched(FILE, { range: 'bytes=100-', 'if-range': etag });
    expect(Buffer.concat([part.body, rest.body])).toEqual(body);
    expect((await fetched(FILE, { range: 'bytes=100-' })).response.statusCode).toBe(206);
    expect((await fetched(FILE, { range: 'bytes=0-9,20-29' })).body).toEqual(body);
    expect((await fetched(FILE, { range: 'bytes=0-9', 'if-range': '"old"' })).body).toEqual(body);
    expect((await fetched(FILE, { range: `bytes=${body.length}-` })).response.statusCode).toBe(416);
    await told(6);
    expect(world.fetches.map(({ isWhole }) => isWhole)).toEqual([true, false, true, false, true, true]);
  });

  test('a file without a key is served and never whole', async () => {
    const { body } = await fetched(`/p/${TOKEN}4/805ec0aabb04.cfg`);
    expect(body.toString()).toContain('account.1.enable = 0');
    await told(1);
    expect(world.fetches[0]?.isWhole).toBe(false);
    expect(world.catalogue.wholeSha256s('805ec0aabb04')).toEqual([]);
  });

  test('HTTP/1.0 is answered and closed, or kept alive when asked', async () => {
    const closed = await rawExchange(world.port, `GET ${FILE} HTTP/1.0\r\n\r\n`);
    expect(closed).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(closed).toMatch(/connection: close/i);
    expect(closed).not.toMatch(/transfer-encoding/i);
    const one = `GET ${FILE} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`;
    const kept = await rawExchange(world.port, `${one}GET ${FILE} HTTP/1.0\r\n\r\n`);
    expect(kept.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    await told(3);
    expect(world.fetches.every(({ isWhole }) => isWhole)).toBe(true);
  });

  test('a connection is kept for the files that follow', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused: boolean[] = [];
    for (const file of [`${MAC}.boot`, 'y000000000096.cfg', `${MAC}.cfg`, `${MAC}-local.cfg`]) {
      const asked = get({ host: '127.0.0.1', port: world.port, path: `/p/${TOKEN}/${file}`, agent });
      await answerOf(asked);
      reused.push(asked.reusedSocket);
    }
    agent.destroy();
    expect(reused).toEqual([false, true, true, true]);
    await told(1);
    expect(world.fetches).toHaveLength(1);
  });

  test('the log says who fetched what, and no token, key or URL', async () => {
    const before = (await world.logged(0)).length;
    await fetched(FILE);
    const lines = await world.logged(before + 1);
    const last = JSON.parse(lines.at(-1) ?? '') as unknown;
    expect(last).toMatchObject({ method: 'GET', status: 200, mac: MAC, file: `${MAC}.cfg`, address: '127.0.0.1' });
    const all = lines.join('\n');
    for (const secret of [TOKEN, NEXT, ENROLMENT, KEY, sha256(TOKEN), '/p/', '/e/']) expect(all).not.toContain(secret);
  });

  async function fetched(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    agent?: Agent,
  ): Promise<{ readonly response: IncomingMessage; readonly body: Buffer }> {
    const asked = get({
      host: '127.0.0.1',
      port: world.port,
      path,
      headers,
      ...(agent === undefined ? {} : { agent }),
    });
    return answerOf(asked);
  }

  async function told(count: number): Promise<void> {
    await expect.poll(() => world.fetches.length, { timeout: 5_000, interval: 5 }).toBeGreaterThanOrEqual(count);
  }
});

describe('fetches that do not end well', () => {
  const bytes = Buffer.alloc(24 * 1024 * 1024, 'x');
  const file: CatalogueFile = {
    mac: MAC,
    file: `${MAC}.cfg`,
    bytes,
    sha256: 'f'.repeat(64),
    etag: '"f"',
    headers: { etag: '"f"', 'content-length': bytes.length },
    isWhole: true,
    revision: 1,
  };

  test('an answer that is cut off is no fetch; one that is read to its end is', async () => {
    const world = await startPhoneWorld({ find: () => file });
    const socket = connect(world.port, '127.0.0.1');
    socket.write(`GET ${FILE} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    const [line = ''] = await world.logged(1);
    expect(line).toContain('"aborted":true');
    expect(world.fetches).toEqual([]);

    const { body } = await answerOf(get({ host: '127.0.0.1', port: world.port, path: FILE }));
    expect(body).toHaveLength(bytes.length);
    await world.logged(2);
    expect(world.fetches).toHaveLength(1);
    await world.close();
  });

  test('an answer that the server cuts off is no fetch', async () => {
    const world = await startPhoneWorld({ find: () => file });
    const sockets: Socket[] = [];
    world.app.server.on('connection', (socket: Socket) => sockets.push(socket));
    const phone = connect(world.port, '127.0.0.1');
    phone.on('error', () => undefined);
    phone.write(`GET ${FILE} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(phone, 'readable');
    // As the idle timeout does.
    for (const socket of sockets) socket.destroy();
    const [line = ''] = await world.logged(1);
    expect(line).toContain('"aborted":true');
    expect(world.fetches).toEqual([]);
    phone.destroy();
    await world.close();
  });

  test('what cannot be rendered is a 404 like any other, and a line in the log', async () => {
    const world = await startPhoneWorld({
      find: () => {
        throw new Error('boom');
      },
    });
    const answer = await rawRequest(world.port, FILE);
    expect(answer).toBe(await rawRequest(world.port, '/'));
    expect((await world.logged(2)).join('\n')).toContain('boom');
    await world.close();
  });

  test('closing waits for the answer that is under way and ends idle connections', async () => {
    const world = await startPhoneWorld({ phones: [servedPhone(MAC, [provisioning(TOKEN)])] });
    const agent = new Agent({ keepAlive: true });
    await answerOf(httpRequest({ host: '127.0.0.1', port: world.port, path: FILE, agent }).end());
    await world.close();
    agent.destroy();
    expect(world.fetches).toHaveLength(1);
  });
});

async function answerOf(
  request: ReturnType<typeof get>,
): Promise<{ readonly response: IncomingMessage; readonly body: Buffer }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { response, body: Buffer.concat(chunks) };
}

test('a phone that comes a moment after its token was given is not sent away', async () => {
  let asked = 0;
  const world = await startPhoneWorld({
    catchUp: async (catalogue) => {
      asked += 1;
      await Promise.resolve();
      catalogue.put([servedPhone(MAC, [provisioning(TOKEN)])]);
    },
  });
  try {
    expect(await rawRequest(world.port, FILE)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await rawRequest(world.port, FILE)).toMatch(/^HTTP\/1\.1 200 /);
    expect(asked).toBe(1);
    expect(await rawRequest(world.port, `/p/${NEXT}/${MAC}.cfg`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(asked).toBe(2);
    expect(await rawRequest(world.port, '/elsewhere')).toMatch(/^HTTP\/1\.1 404 /);
    expect(asked).toBe(2);
  } finally {
    await world.close();
  }
});
