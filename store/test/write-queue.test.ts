import { join } from 'node:path';
import { expect, test } from 'vitest';
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
