import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { encodeSentence } from '../codec.ts';
import { MemoryWire } from '../memory-wire.ts';
import { startLabRouter } from '../router.ts';

const LOGIN = encodeSentence(['/login', '=name=edge', '=password=edge', '.tag=1']);

async function loggedIn(wire: MemoryWire): Promise<Socket> {
  const socket = wire.connect();
  await once(socket, 'connect');
  socket.write(LOGIN, 'latin1');
  const [reply] = (await once(socket, 'data')) as [Buffer];
  expect(reply.toString('latin1')).toContain('!done');
  socket.on('error', () => undefined);
  return socket;
}

test('a router without TCP answers, and is refused once it is unplugged', async () => {
  const wire = new MemoryWire();
  const router = await startLabRouter({ wire });
  const socket = await loggedIn(wire);
  const reset = once(socket, 'error');
  await router.unplug();
  expect((await reset)[0]).toMatchObject({ code: 'ECONNRESET' });
  expect((await once(wire.connect(), 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
  await router.plugIn();
  await loggedIn(wire);
  await router.close();
});

test('bytes come in order before the FIN that follows them, however long each is under way', async () => {
  let turns = 0;
  const wire = new MemoryWire(() => (turns = (turns * 7 + 3) % 5));
  const got: Buffer[] = [];
  const ended = new Promise<void>((resolve) => {
    wire.listen((far) => {
      far.on('data', (chunk: Buffer) => got.push(chunk));
      far.on('end', resolve);
    });
  });
  const near = wire.connect();
  await once(near, 'connect');
  for (let at = 0; at < 200; at += 1) near.write(Buffer.from([at]));
  near.end();
  await ended;
  expect([...Buffer.concat(got)]).toEqual(Array.from({ length: 200 }, (_, at) => at));
});

test('the router sees the session of a client that reset it end', async () => {
  const wire = new MemoryWire();
  const router = await startLabRouter({ wire });
  const socket = await loggedIn(wire);
  expect(router.stats.sessionsOpen).toBe(1);
  socket.resetAndDestroy();
  while (router.stats.sessionsOpen > 0) await new Promise((resolve) => setImmediate(resolve));
  await router.close();
});

test.each(['kept', 'lost'] as const)(
  'an upgrade to RouterOS 7 keeps rows, ids and order; the target of a proxy row is %s',
  async (lot) => {
    const wire = new MemoryWire();
    const router = await startLabRouter({ wire, version: '6.49', preset: 'home' });
    const access = router.table('/ip/proxy/access');
    access.add({ 'src-address': '100.64.0.5', action: 'deny', 'redirect-to': 'https://portal.example/' });
    const before = router.table('/ip/firewall/filter').rows();
    router.upgrade('7.24', lot);
    expect(router.table('/ip/firewall/filter').rows()).toEqual(before);
    expect(access.rows()).toMatchObject([
      lot === 'kept'
        ? { '.id': '*1', action: 'redirect', 'action-data': 'https://portal.example/' }
        : { '.id': '*1', action: 'deny' },
    ]);
    expect(access.rows()[0]).not.toHaveProperty('redirect-to');
    expect(router.table('/system/device-mode').rows()).toBeDefined();
    await router.close();
  },
);

test('a reset takes what was configured and leaves the way in', async () => {
  const wire = new MemoryWire();
  const router = await startLabRouter({ wire, preset: 'home' });
  router.table('/ip/firewall/address-list').add({ list: 'Moroso', address: '100.64.0.5' });
  router.resetConfiguration('empty');
  expect(router.table('/ip/firewall/address-list').rows()).toEqual([]);
  expect(router.table('/ip/firewall/filter').rows()).toEqual([]);
  expect(router.table('/ip/proxy').rows()).toMatchObject([{ port: '8080' }]);
  await new Promise((resolve) => setImmediate(resolve));
  await loggedIn(wire);
  await router.close();
});
