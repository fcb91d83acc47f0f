import { expect, test } from 'vitest';
import { contexts, openTestStore, subscriber } from './fixture.ts';

test('an unchanged document is the same object at the next read; a changed one is read anew', async () => {
  const { agent, control } = openTestStore();
  const context = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  await control.acceptIntent({ kind: 'put-subscriber', id: 's2', subscriber: subscriber(2) }, context());
  const [first, second] = (await agent.desiredFor('r0')).subscribers;
  await control.acceptIntent({ kind: 'cutoff', id: 's2', cutoff: { reason: 'no payment' } }, context());
  const after = (await agent.desiredFor('r0')).subscribers;
  expect(after[0]).toBe(first);
  expect(after[1]).not.toBe(second);
  expect(after[1]).toMatchObject({ id: 's2', cutoff: { value: { reason: 'no payment' } } });
});
