import { expect, onTestFinished, test } from 'vitest';
import { findPeer } from '../../test/peers.ts';
import { PLACES, startWorld, type World } from '../../world.ts';
import type { LabRouter, LabRouterOptions } from '../router.ts';
import { cut, CUT, installCutRules, NOTICE_URL } from './cut-rules.ts';
import { curl, dialThrough, endOf, nextText, textUntil } from './subscriber.ts';

const peer = findPeer('curl', 'curl', ['--version']);

async function start(options: LabRouterOptions = {}): Promise<{ world: World; router: LabRouter; port: number }> {
  const world = await startWorld({ routers: [{ id: 'r0', preset: 'home', ...options }] });
  onTestFinished(() => world.close());
  const router = world.router('r0');
  installCutRules(router, options.version === '6.49');
  return { world, router, port: await router.subscriberPort(CUT) };
}

async function ask(port: number, host: string, ...lines: readonly string[]): Promise<string> {
  const socket = await dialThrough(port, host, 80);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const text = await nextText(socket);
  socket.destroy();
  return text;
}

test.skipIf(!peer.isThere)(
  `curl of a cut subscriber is sent to its notice and back after the restore ${peer.skipReason}`,
  async () => {
    const { router, port } = await start();
    expect(await curl(port, 'http://example.test/a')).toMatchObject({ status: 200, body: 'GET example.test /a\n' });
    const restore = cut(router);
    expect(await curl(port, 'http://example.test/a')).toMatchObject({ status: 307, location: NOTICE_URL });
    expect(await curl(port, 'http://example.test/a', '-d', 'x=1')).toMatchObject({ status: 307 });
    expect((await curl(port, 'http://clientes.example.net/')).status).toBe(200);
    expect((await curl(port, 'https://example.test/')).exitCode).not.toBe(0);
    expect(
      router
        .table('/ip/proxy/access')
        .rows()
        .map((row) => row['hits']),
    ).toEqual(['2', '0']);
    restore();
    expect((await curl(port, 'http://example.test/a')).status).toBe(200);
  },
);

test('the location is action-data to the byte, with status 307; on RouterOS 6 redirect-to with 302', async () => {
  for (const [version, status] of [
    ['7.24', '307'],
    ['6.49', '302'],
  ] as const) {
    const { router, port } = await start({ version });
    cut(router);
    const answer = await ask(port, PLACES.site, 'POST /x HTTP/1.1', 'Host: example.test', 'Content-Length: 0');
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer.toLowerCase()).toContain(`\r\nlocation: ${NOTICE_URL.toLowerCase()}\r\n`);
    expect(answer).toContain(NOTICE_URL);
  }
});

test('OS probes of a cut device meet a redirect, and the right answer after the restore', async () => {
  const { router, port } = await start();
  const restore = cut(router);
  const host = 'connectivitycheck.gstatic.com';
  const probe = (): Promise<string> => ask(port, host, 'GET /generate_204 HTTP/1.1', `Host: ${host}`);
  expect(await probe()).toContain('HTTP/1.1 307');
  restore();
  expect(await probe()).toContain('HTTP/1.1 204');
});

test('a keep-alive connection into the proxy meets the final deny once its own row is gone', async () => {
  const { router, port } = await start();
  cut(router);
  const socket = await dialThrough(port, PLACES.site, 80);
  const get = 'GET / HTTP/1.1\r\nHost: example.test\r\n\r\n';
  socket.write(get);
  expect(await nextText(socket)).toContain('HTTP/1.1 307');
  const access = router.table('/ip/proxy/access');
  access.remove(access.rows()[0]?.['.id'] ?? '');
  socket.write(get);
  expect(await nextText(socket)).toContain('HTTP/1.1 403');
  socket.destroy();
});

test('after the restore a removed connection into the proxy is reset', async () => {
  const { router, port } = await start();
  const restore = cut(router);
  const socket = await dialThrough(port, PLACES.site, 80);
  socket.write('GET / HTTP/1.1\r\nHost: example.test\r\n\r\n');
  await nextText(socket);
  restore();
  const connections = router.table('/ip/firewall/connection');
  connections.remove(...connections.rows().map((row) => row['.id'] ?? ''));
  socket.write('GET / HTTP/1.1\r\nHost: example.test\r\n\r\n');
  expect(await endOf(socket)).toBe('ECONNRESET');
});

test('the proxy is closed to strangers and neighbours, and open without the input rules', async () => {
  const { router } = await start();
  const stranger = {
    protocol: 'tcp',
    source: '192.0.2.9',
    destination: '203.0.113.2',
    destinationPort: 999,
    isWan: true,
  } as const;
  const neighbour = { ...stranger, source: '100.64.9.9', destination: '100.64.0.1', isWan: false };
  expect([router.probe(stranger).verdict, router.probe(neighbour).verdict]).toEqual(['dropped', 'dropped']);
  const filter = router.table('/ip/firewall/filter');
  filter.remove(
    ...filter
      .rows()
      .filter((row) => row['chain'] === 'input')
      .map((row) => row['.id'] ?? ''),
  );
  expect([router.probe(stranger).verdict, router.probe(neighbour).verdict]).toEqual(['proxied', 'proxied']);
});

test('an open proxy forwards for anyone, CONNECT to any port', async () => {
  const { router, world } = await start({ preset: 'empty' });
  router.table('/ip/firewall/filter').remove(
    ...router
      .table('/ip/firewall/filter')
      .rows()
      .map((row) => row['.id'] ?? ''),
  );
  const port = await router.subscriberPort('192.0.2.9', { wan: true });
  const socket = await dialThrough(port, '203.0.113.2', 8080);
  socket.write('GET http://example.test/open HTTP/1.1\r\nHost: example.test\r\n\r\n');
  expect(await nextText(socket)).toContain('HTTP/1.1 200');
  expect(world.site.requests.at(-1)).toMatchObject({ source: '203.0.113.2', forwardedFor: '192.0.2.9', path: '/open' });
  socket.destroy();
  const tunnel = await dialThrough(port, '203.0.113.2', 8080);
  tunnel.write('CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n');
  expect(await textUntil(tunnel, 'hello from')).toContain('200 Connection established');
  tunnel.destroy();
});

test.each(['barred', 'disabled', 'other port'])('with the proxy %s the redirected port refuses', async (how) => {
  const { router, port } = await start({ deviceMode: { isProxyAllowed: how !== 'barred' } });
  if (how === 'disabled') router.table('/ip/proxy').set('*1', { enabled: 'no' });
  if (how === 'other port') router.table('/ip/proxy').set('*1', { port: '8080' });
  cut(router);
  await expect(dialThrough(port, PLACES.site, 80)).rejects.toThrow('ConnectionRefused');
});

test('a notice shown once: the first page is redirected, the next ones load for as long as the seen list says', async () => {
  const { router, port } = await start();
  const list = router.table('/ip/firewall/address-list');
  list.add({ list: 'once', address: CUT });
  list.add({ list: 'Aviso', address: CUT });
  const get = (): Promise<string> => ask(port, PLACES.site, 'GET / HTTP/1.1', 'Host: example.test');
  expect(await get()).toContain('HTTP/1.1 307');
  expect(list.find({ list: 'seen', address: CUT })).toMatchObject({ dynamic: 'true', timeout: '59m59s' });
  expect(await get()).toContain('HTTP/1.1 200');
});

test('over the client limit RouterOS 7 lets a client wait for its turn', async () => {
  const { router, port } = await start();
  router.table('/ip/proxy').set('*1', { 'max-client-connections': '1' });
  cut(router);
  const first = await dialThrough(port, PLACES.site, 80);
  const second = await dialThrough(port, PLACES.site, 80);
  second.write('GET / HTTP/1.1\r\nHost: example.test\r\n\r\n');
  const answer = nextText(second);
  expect(router.plane.proxy.clients).toBe(1);
  first.destroy();
  expect(await answer).toContain('HTTP/1.1 307');
  second.destroy();
});
