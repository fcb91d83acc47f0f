import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('the monotonic clock never goes back and sleep waits', async () => {
  const before = systemClock.monotonic();
  await systemClock.sleep(5, new AbortController().signal);
  expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(4);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
});

test('an aborted sleep rejects with aborted, however long it was', async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(1e12, abort.signal);
  abort.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'aborted' });
  await expect(systemClock.sleep(0, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
});
