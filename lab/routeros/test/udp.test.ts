import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { SocksClient } from 'socks';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../clock.ts';
import { PLACES, startWorld } from '../../world.ts';
import type { LabRouter } from '../router.ts';
import { cut, CUT, installCutRules } from './cut-rules.ts';

/** A UDP association through a subscriber's port: sends and waits for what comes back. */
async function associate(
  port: number,
): Promise<{ send: (host: string, to: number, text: string) => Promise<void>; next: () => Promise<string> }> {
  const socket: UdpSocket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const client = new SocksClient({
    proxy: { host: '127.0.0.1', port, type: 5 },
    command: 'associate',
    destination: { host: '0.0.0.0', port: 0 },
  });
  const relay = new Promise<number>((resolve, reject) => {
    client.once('established', (info) => {
      resolve(info.remoteHost?.port ?? 0);
      onTestFinished(() => {
        info.socket.destroy();
        socket.close();
      });
    });
    client.once('error', reject);
  });
  client.connect();
  const relayPort = await relay;
  return {
    send: (host, to, text) =>
      new Promise((resolve) => {
        const frame = SocksClient.createUDPFrame({ remoteHost: { host, port: to }, data: Buffer.from(text) });
        socket.send(frame, relayPort, '127.0.0.1', () => {
          resolve();
        });
      }),
    next: () =>
      new Promise((resolve) => {
        socket.once('message', (message) => {
          resolve(SocksClient.parseUDPFrame(message).data.toString('utf8'));
        });
      }),
  };
}

async function start(): Promise<{ router: LabRouter; port: number }> {
  const world = await startWorld({ routers: [{ id: 'r0', preset: 'home' }] });
  onTestFinished(() => world.close());
  const router = world.router('r0');
  return { router, port: await router.subscriberPort(CUT) };
}

test('datagrams go out and their answers come back', async () => {
  const { port } = await start();
  const udp = await associate(port);
  const answer = udp.next();
  await udp.send(PLACES.echo, 7, 'hello');
  expect(await answer).toBe('hello');
});

test('QUIC of a cut subscriber is rejected and recorded', async () => {
  const { router, port } = await start();
  installCutRules(router);
  cut(router);
  const udp = await associate(port);
  await udp.send(PLACES.site, 443, 'quic');
  await expect.poll(() => router.plane.undelivered.at(-1)?.why).toBe('rejected');
});

test('DNS of a cut subscriber passes within its own limit and no further', async () => {
  const clock = manualClock();
  const world = await startWorld({ routers: [{ id: 'r0', preset: 'home' }], clock });
  onTestFinished(() => world.close());
  const router = world.router('r0');
  installCutRules(router);
  cut(router);
  const ask = (source: string, sourcePort: number): string =>
    router.plane.sendUdp(
      { protocol: 'udp', source, sourcePort, destination: PLACES.resolver, destinationPort: 53 },
      Buffer.alloc(12),
      () => undefined,
    );
  const verdicts = Array.from({ length: 6 }, (_, at) => ask(CUT, 5000 + at));
  expect(verdicts).toEqual(['delivered', 'delivered', 'delivered', 'delivered', 'dropped', 'dropped']);
  expect(ask('100.64.1.6', 5000)).toBe('delivered');
  clock.advance(500);
  expect(ask(CUT, 6000)).toBe('delivered');
});
