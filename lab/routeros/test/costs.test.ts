import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../router.ts';
import type { Costs } from '../service.ts';
import { TestClient } from './client.ts';

const LIST = '/ip/firewall/address-list';

async function start(costs: Partial<Costs>): Promise<{ router: LabRouter; client: TestClient }> {
  const router = await startLabRouter();
  const client = await TestClient.logIn(router.port);
  router.costs = { ...router.costs, ...costs };
  onTestFinished(async () => {
    client.end();
    await router.close();
  });
  return { router, client };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const add = (client: TestClient, at: number): Promise<unknown> =>
  client.run(`${LIST}/add`, '=list=x', `=address=10.0.${at >> 8}.${at & 255}`);

test('a thousand writes of 0.3 ms take 0.3 s however they arrive', async () => {
  const { client } = await start({ writeMs: 0.3 });
  const took = await timed(() => Promise.all(Array.from({ length: 1000 }, (_, at) => add(client, at))));
  expect(took).toBeGreaterThanOrEqual(300);
  expect(took).toBeLessThan(600);
});

test('one write at a time pays the way there and back', async () => {
  const { client } = await start({ oneWayMs: 5, writeMs: 1 });
  const took = await timed(async () => {
    for (let at = 0; at < 10; at += 1) await add(client, at);
  });
  expect(took).toBeGreaterThanOrEqual(110);
  expect(took).toBeLessThan(250);
});

test('a filtered print costs the whole table, a get does not, and both make the others wait', async () => {
  const { router, client } = await start({ printRowMs: 0.2 });
  for (let at = 0; at < 1000; at += 1) router.table(LIST).add({ list: 'x', address: `10.0.${at >> 8}.${at & 255}` });
  const other = await TestClient.logIn(router.port);
  const print = timed(() => client.run(`${LIST}/print`, '?address=10.0.0.1'));
  const behind = await timed(() => other.run('/system/identity/get', '=value-name=name'));
  expect(await print).toBeGreaterThanOrEqual(200);
  expect(behind).toBeGreaterThanOrEqual(150);
  expect(await timed(() => client.run(`${LIST}/get`, '=.id=*1', '=value-name=address'))).toBeLessThan(100);
  other.end();
});

test('commands that a client sent before it died are still done', async () => {
  const { router, client } = await start({ writeMs: 5 });
  void Promise.allSettled(Array.from({ length: 10 }, (_, at) => add(client, at)));
  await new Promise<void>((resolve) => {
    const stop = router.onCommand(() => {
      stop();
      resolve();
    });
  });
  client.end();
  await expect.poll(() => router.table(LIST).rows().length).toBe(10);
  expect(router.stats.sessionsOpen).toBe(0);
});
