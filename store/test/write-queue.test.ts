import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WriteQueue } from '../sqlite/write-queue.ts';
import { accepted, contexts, openTestStore, subscriber, temporaryFolder } from './fixture.ts';

test('writes that share a commit are whole or undone each by itself, and reads go on in between', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const { control, agent } = openTestStore(file);
  const next = contexts();
  const put = (number: number) =>
    control.acceptIntent({ kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) }, next());
  const broken = control.appendEvent({ at: Number.NaN, type: 'test', subject: 'x/y', router: null, data: {} });
  const writes = Array.from({ length: 300 }, (_, at) => put(at));
  const reads = Array.from({ length: 20 }, () => agent.desiredFor('r0'));
  await expect(broken).rejects.toThrow('refused');
  const seqs = (await Promise.all(writes)).map((result) => accepted(result).seq);
  expect(seqs).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
  await Promise.all(reads);
  expect((await openTestStore(file).agent.desiredFor('r0')).subscribers).toHaveLength(300);
});

test('a long queue lets others have their turn between two groups', async () => {
  const queue = new WriteQueue({ run: () => undefined, isInTransaction: () => false });
  const order: string[] = [];
  const slow = (name: string): Promise<void> =>
    queue.add(() => {
      const until = performance.now() + 8;
      while (performance.now() < until);
      order.push(name);
      if (name === 'first') setImmediate(() => order.push('another'));
    });
  await Promise.all(['first', 'second', 'third'].map(slow));
  expect(order.indexOf('another')).toBeLessThan(order.indexOf('third'));
});
