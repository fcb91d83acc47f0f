import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { routerConnector } from '../../adapters/routeros/connect.ts';
import { errorOf, OPTIONS, target } from './harness.ts';
import { startScriptedRouter } from './scripted-router.ts';

/** The handles that keep a process alive and that a session could leave behind, counted. */
function handleCount(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
}

/** A closed handle is listed until libuv has run its close callback, a few turns of the loop later. */
async function settledCount(kind: RegExp, atMost: number): Promise<number> {
  for (let turns = 0; turns < 100 && handleCount(kind) > atMost; turns += 1) await new Promise(setImmediate);
  return handleCount(kind);
}

const SOCKETS = /TCP|TLS/;
const TIMERS = /Timeout/;

test.each(['native', 'node-routeros'] as const)('%s leaves no handle, however a session ends', async (driver) => {
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  process.on('uncaughtException', onFault).on('unhandledRejection', onFault);
  onTestFinished(() => {
    process.off('uncaughtException', onFault).off('unhandledRejection', onFault);
  });
  const [sockets, timers] = [handleCount(SOCKETS), handleCount(TIMERS)];
  const connect = routerConnector(driver);
  const abort = new AbortController();
  const router = await startScriptedRouter({
    script: (asked) => {
      if (asked.path === '/reset/print') asked.peer.socket.resetAndDestroy();
      if (asked.path === '/end/print') asked.peer.socket.end();
      if (asked.path === '/done/print') asked.done();
    },
  });
  for (let round = 0; round < 5; round += 1) {
    for (const path of ['/reset/print', '/end/print', '/mute/print']) {
      const session = await connect(target(router.port), OPTIONS);
      await errorOf(session.run({ path }, { timeoutMs: path === '/mute/print' ? 10 : 5_000, signal: abort.signal }));
      await session.closed;
    }
    const session = await connect(target(router.port), { ...OPTIONS, signal: abort.signal });
    await session.run({ path: '/done/print' }, { signal: abort.signal });
    await session.listen('/menu', () => undefined, { signal: abort.signal });
    await session.close();
    await errorOf(connect(target(router.port), { ...OPTIONS, signal: AbortSignal.abort() }));
  }
  await Promise.all([...router.sockets].map((socket) => once(socket, 'close')));
  await router.stop();
  await errorOf(connect(target(router.port), OPTIONS));
  expect(await settledCount(SOCKETS, sockets)).toBeLessThanOrEqual(sockets);
  expect(await settledCount(TIMERS, timers)).toBeLessThanOrEqual(timers);
  expect(faults).toEqual([]);
});
