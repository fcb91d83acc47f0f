import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { JournalFeed } from './journal-feed.ts';
import { Underway } from './underway.ts';

function clockAt(): { now: number; monotonic: () => number } {
  const clock = { now: 0, monotonic: () => clock.now };
  return clock;
}

/** A promise that never settles. */
function never<Result>(): Promise<Result> {
  return new Promise<Result>(() => undefined);
}

test('what has not ended in time is overdue, and no more once it has', async () => {
  const clock = clockAt();
  const underway = new Underway(clock);
  const done = new EventEmitter();
  const slow = underway.watch('slow', 100, () => once(done, 'done'));
  void underway.watch('patient', 1_000, () => never());
  clock.now = 100;
  expect(underway.overdue).toEqual([]);
  clock.now = 101;
  expect(underway.overdue).toEqual(['slow']);
  done.emit('done', 7);
  expect(await slow).toEqual([7]);
  expect(underway.overdue).toEqual([]);
});

test('a part that does nothing but fail is overdue after ten minutes, until it succeeds', async () => {
  const clock = clockAt();
  const underway = new Underway(clock);
  const fail = (): Promise<void> =>
    underway.watchPart('news', 1, () => Promise.reject(new Error('no'))).catch(() => undefined);
  await fail();
  clock.now = 600_000;
  await fail();
  expect(underway.overdue).toEqual([]);
  clock.now = 600_001;
  expect(underway.overdue).toEqual(['news']);
  await underway.watchPart('news', 1, () => Promise.resolve());
  expect(underway.overdue).toEqual([]);
});

test('what fails has ended', async () => {
  const clock = clockAt();
  const underway = new Underway(clock);
  await expect(underway.watch('broken', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  clock.now = 10;
  expect(underway.overdue).toEqual([]);
});

test('news that never end are overdue, whether the store hangs or what is made of them', async () => {
  for (const isStoreHanging of [true, false]) {
    const clock = clockAt();
    const underway = new Underway(clock);
    const entry = {
      seq: 1,
      at: '',
      type: 'phone.changed',
      subject: 'phone/x',
      router: null,
      operation: null,
      data: {},
    };
    const feed = new JournalFeed({
      store: {
        entriesAfter: () => (isStoreHanging ? never() : Promise.resolve([entry])),
        watch: () => never(),
      },
      underway,
      cursor: 0,
      onNews: () => never(),
      onFailure: () => undefined,
    });
    void feed.catchUp();
    // The read begins in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    clock.now = 3_600_000;
    expect(underway.overdue).toEqual(['news']);
  }
});
