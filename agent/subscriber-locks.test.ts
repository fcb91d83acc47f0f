import { expect, test } from 'vitest';
import { SubscriberLocks } from './subscriber-locks.ts';

test('I4: whom the restore lane still works on stays its own when a pass begins, and is free for the one after', async () => {
  const locks = new SubscriberLocks();
  let end: () => void = () => undefined;
  const lane = locks.withLane('s1', () => new Promise<void>((resolve) => (end = resolve)));
  const worked: string[] = [];
  const bulk = (): Promise<void> =>
    locks.withBulk('s1', (isTaken) => {
      worked.push(String(isTaken()));
      return Promise.resolve();
    });
  await Promise.resolve();
  locks.releaseAll();
  await bulk();
  expect(worked).toEqual([]);
  end();
  await lane;
  await bulk();
  expect(worked).toEqual([]);
  locks.releaseAll();
  await bulk();
  expect(worked).toEqual(['false']);
});
