import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openNoticeListener, type ListenerOptions, type NoticeListener } from '../../notice-server/listener.ts';

const URL_OF_S1 = 'https://clientes.example.net/aviso/cutoff/s1/?t="><script>&a=b';

async function open(over: Partial<ListenerOptions> = {}): Promise<NoticeListener> {
  const listener = await openNoticeListener({
    host: '127.0.0.1',
    port: 0,
    find: (source) => (source === '127.0.0.1' ? { url: URL_OF_S1 } : null),
    ...over,
  });
  onTestFinished(() => listener.close());
  return listener;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(port: number, method: string, localAddress = '127.0.0.1', body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, method, localAddress, path: '/any', host: '127.0.0.1' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Everything a connection says until it ends. */
function sayRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(heard);
    });
    socket.write(text);
  });
}

test.each([
  ['GET', 302],
  ['HEAD', 302],
  ['POST', 303],
  ['PUT', 303],
] as const)('%s of a subscriber with a notice is led to it with %i, once a connection', async (method, status) => {
  const { port } = await open();
  const reply = await ask(port, method, '127.0.0.1', method === 'POST' ? 'x=1' : undefined);
  expect(reply.status).toBe(status);
  expect(reply.headers).toMatchObject({ location: URL_OF_S1, 'cache-control': 'no-store', connection: 'close' });
  if (method === 'HEAD') expect(reply.body).toBe('');
});

test('the page is tiny, in two languages, and runs nothing that a URL holds', async () => {
  const { port } = await open();
  const { body, headers } = await ask(port, 'GET');
  expect(body.length).toBeLessThan(700);
  expect(body).toContain('aviso para usted');
  expect(body).toContain('notice for you');
  expect(body).not.toContain('<script>');
  expect(body).toContain('t=&#34;&#62;&#60;script&#62;&#38;a=b');
  expect(headers['content-security-policy']).toBe("default-src 'none'");
});

test('who has no notice is told to reload, in two languages, and never led in a circle', async () => {
  const { port } = await open();
  const reply = await ask(port, 'GET', '127.0.0.2');
  expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '5', 'cache-control': 'no-store' } });
  expect(reply.headers.location).toBeUndefined();
  expect(reply.body).toContain('su servicio está activo, recargue');
  expect(reply.body).toContain('your service is active, reload');
});

test('an answer does not wait for a body, nor for the permission to send one', async () => {
  const { port } = await open();
  const head = 'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000000\r\n';
  expect(await sayRaw(port, `${head}\r\nbegin`)).toMatch(/^HTTP\/1\.1 303 /);
  const waiting = await sayRaw(port, `${head}Expect: 100-continue\r\n\r\n`);
  expect(waiting).toMatch(/^HTTP\/1\.1 303 /);
  expect(waiting).not.toContain('100 Continue');
});

test('a body without end is not read on', async () => {
  const { port } = await open();
  const socket = connect(port, '127.0.0.1');
  const ended = new Promise<void>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  socket.resume();
  socket.write('POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n');
  const pour = (): void => {
    if (!socket.destroyed) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, pour);
  };
  pour();
  await ended;
  expect(socket.bytesWritten).toBeLessThan(8_000_000);
});

test.each([
  ['no HTTP', 'SSH-2.0-probe\r\n\r\n', 400],
  ['headers without measure', `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'c'.repeat(20_000)}\r\n\r\n`, 431],
  ['headers that do not end', 'GET / HTTP/1.1\r\nHost: a', 408],
])('%s: refused and closed', async (_name, text, status) => {
  const { port } = await open({ headersTimeoutMs: 50 });
  expect(await sayRaw(port, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

test('a tunnel is not opened', async () => {
  const { port } = await open();
  expect(await sayRaw(port, 'CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n')).toBe('');
});

test('one source has so many connections at once and no more, whatever another has', async () => {
  const listener = await open();
  const sockets = Array.from({ length: 40 }, () => connect(listener.port, '127.0.0.1'));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const closed: Socket[] = [];
  await new Promise<void>((resolve) => {
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (closed.push(socket) === 8) resolve();
      });
      // Half a request is not answered before it is whole.
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    }
  });
  expect(listener.refused).toBe(8);
  expect((await ask(listener.port, 'GET', '127.0.0.3')).status).toBe(503);
  expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(32);
});

test('IPv4 in IPv6 spelling is that IPv4 address', async () => {
  const asked: string[] = [];
  const { port } = await open({
    addressOf: () => '::ffff:127.0.0.1',
    onAnswer: (source) => asked.push(source),
  });
  expect((await ask(port, 'GET')).status).toBe(302);
  expect(asked).toEqual(['127.0.0.1']);
});

test('a port that is taken is said to be', async () => {
  const { port } = await open();
  await expect(open({ port })).rejects.toMatchObject({
    code: 'listen-failed',
    message: expect.stringContaining('EADDRINUSE') as string,
  });
});

test('to close ends what is open, and the port is free', async () => {
  const first = await open();
  const socket = connect(first.port, '127.0.0.1');
  const ended = new Promise<void>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  await first.close();
  await ended;
  await open({ port: first.port });
});
