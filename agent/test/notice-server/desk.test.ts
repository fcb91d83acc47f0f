import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../lab/test/free-port.ts';
import { NoticeServer } from '../../notice-server/desk.ts';
import { handClock } from '../worker/visitor.ts';

const HOST = '127.0.0.1';

function desk(): { readonly notices: NoticeServer; readonly retry: () => Promise<void> } {
  const clock = handClock();
  const turns: (() => void)[] = [];
  const notices = new NoticeServer({
    clock,
    random: () => 0,
    log: pino({ level: 'silent' }),
    onTurn: () => {
      for (const turn of turns.splice(0)) turn();
    },
  });
  onTestFinished(() => notices.close());
  const retry = (): Promise<void> => {
    const turned = new Promise<void>((resolve) => turns.push(resolve));
    clock.advance(60_000);
    return turned;
  };
  return { notices, retry };
}

async function holder(port: number): Promise<Server> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  return server;
}

/** True when a connection is taken there. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect({ host: HOST, port });
  const taken = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
  socket.destroy();
  return taken;
}

const NO_PAGES = {
  seq: 1,
  isLeading: true,
  template: 'https://{domain}/',
  domain: null,
  awaited: null,
  pages: [],
  led: [],
} as const;

function leads(notices: NoticeServer, router: string, ...leadsTo: readonly string[]): void {
  notices.publish(router, { ...NO_PAGES, leadsTo });
}

test('I4: the page server goes on at its earlier place until the new one listens and no router leads there', async () => {
  const { notices, retry } = desk();
  const [before, after] = [await freePort(), await freePort()];
  await notices.listen({ host: HOST, port: before, address: '192.0.2.2' });
  leads(notices, 'r0', `192.0.2.2:${before}`);
  const other = await holder(after);
  await notices.listen({ host: HOST, port: after, address: '192.0.2.2' });
  expect(notices.listener()).toMatchObject({ kind: 'down', standing: { address: '192.0.2.2', port: before } });
  expect(await isTaken(before)).toBe(true);
  other.close();
  await once(other, 'close');
  await retry();
  expect(notices.listener()).toEqual({ kind: 'listening' });
  expect([await isTaken(before), await isTaken(after)]).toEqual([true, true]);
  leads(notices, 'r0', `192.0.2.2:${before}`, `192.0.2.2:${after}`);
  expect(await isTaken(before)).toBe(true);
  leads(notices, 'r0', `192.0.2.2:${after}`);
  expect([await isTaken(before), await isTaken(after)]).toEqual([false, true]);
});

test('I4: taken back to its earlier place it never was away', async () => {
  const { notices } = desk();
  const [before, after] = [await freePort(), await freePort()];
  await notices.listen({ host: HOST, port: before });
  leads(notices, 'r0', `${HOST}:${before}`);
  const other = await holder(after);
  onTestFinished(() => {
    other.close();
  });
  await notices.listen({ host: HOST, port: after });
  await notices.listen({ host: HOST, port: before });
  expect(notices.listener()).toEqual({ kind: 'listening' });
  expect(await isTaken(before)).toBe(true);
});

test('one port of two hosts is taken over from the earlier listener, and given back where that fails', async () => {
  const { notices } = desk();
  const port = await freePort();
  await notices.listen({ host: HOST, port });
  leads(notices, 'r0', `${HOST}:${port}`);
  // 192.0.2.9 is no address of this box: nothing is in the way there.
  await notices.listen({ host: '192.0.2.9', port });
  expect(notices.listener()).toMatchObject({ kind: 'down', standing: { address: HOST, port } });
  expect(await isTaken(port)).toBe(true);
  await notices.listen({ host: '0.0.0.0', port, address: HOST });
  expect(notices.listener()).toEqual({ kind: 'listening' });
  expect(await isTaken(port)).toBe(true);
});

test('I4: without a page server in the configuration it goes on until every router was read and led elsewhere', async () => {
  const { notices } = desk();
  const port = await freePort();
  await notices.listen({ host: HOST, port });
  notices.publish('r0', NO_PAGES);
  await notices.listen(null);
  expect([notices.isOpen, await isTaken(port)]).toEqual([true, true]);
  leads(notices, 'r0');
  expect([notices.isOpen, await isTaken(port)]).toEqual([false, false]);
});
