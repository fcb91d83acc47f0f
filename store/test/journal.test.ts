import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contexts, openTestStore, subscriber, temporaryFolder } from './fixture.ts';

test('two connections notice each other’s commits, and not their own', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const left = openTestStore(file);
  const right = openTestStore(file);
  const next = contexts();
  const stop = new AbortController();
  const heads: number[] = [];
  const seen = new Promise<void>((resolve) => {
    void right.agent.watch(1, stop.signal, (head) => {
      heads.push(head);
      resolve();
    });
  });
  const deaf = left.control.watch(1, stop.signal, () => {
    throw new Error('heard itself');
  });
  await left.control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await seen;
  expect(heads).toEqual([1]);
  expect(await right.agent.entriesAfter(0, 10)).toMatchObject([
    { seq: 1, type: 'subscriber.changed', subject: 'subscriber/s1', router: 'r0' },
  ]);
  stop.abort();
  await deaf;
});

test('an error of the callback ends the watch and rejects', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const left = openTestStore(file);
  const right = openTestStore(file);
  const watching = right.agent.watch(1, new AbortController().signal, () => {
    throw new Error('broken');
  });
  const broken = expect(watching).rejects.toThrow('broken');
  await left.control.appendEvent({ at: 1, type: 'test', subject: 'site/x', router: null, data: {} });
  await broken;
});

test('pruning keeps the newest entries and those of open operations, and never reuses a number', async () => {
  const { control } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } }, next());
  for (let at = 0; at < 10; at += 1) {
    await control.appendEvent({ at, type: 'test', subject: 'site/x', router: null, data: {} });
  }
  const head = await control.head();
  await control.prune(0, 2);
  const left = await control.entriesAfter(0, 100);
  expect(left.map(({ type }) => type)).toEqual(['operation.received', 'test', 'test']);
  await control.prune(0, 0);
  expect(await control.head()).toBe(head);
});
