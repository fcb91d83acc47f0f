import { expect, test } from 'vitest';
import { manualClock, systemClock } from '../clock.ts';
import { ServiceQueue } from './service.ts';

test('ten thousand writes of 0.3 ms end after three seconds by the clock', () => {
  const clock = manualClock();
  const queue = new ServiceQueue(clock);
  const ends: number[] = [];
  for (let i = 0; i < 10_000; i += 1) queue.submit(0, { begin: () => 0.3, run: (at) => ends.push(at) });
  clock.advance(2_999);
  expect(ends.length).toBeLessThan(10_000);
  clock.advance(2);
  expect(ends.length).toBe(10_000);
  expect(ends.at(-1)).toBeCloseTo(3000, 3);
});

test('work that comes later than the router is free starts when it comes', () => {
  const clock = manualClock();
  const queue = new ServiceQueue(clock);
  const ends: number[] = [];
  queue.submit(5, { begin: () => 1, run: (at) => ends.push(at) });
  queue.submit(5, { begin: () => 1, run: (at) => ends.push(at) });
  queue.submit(50, { begin: () => 1, run: (at) => ends.push(at) });
  clock.advance(100);
  expect(ends).toEqual([6, 7, 51]);
});

test('a job may submit another while it runs', () => {
  const clock = manualClock();
  const queue = new ServiceQueue(clock);
  const ends: number[] = [];
  queue.submit(0, {
    begin: () => 1,
    run: (at) => {
      ends.push(at);
      queue.submit(clock.now(), { begin: () => 2, run: (end) => ends.push(end) });
    },
  });
  clock.advance(10);
  expect(ends).toEqual([1, 3]);
});

test('cleared work is never done', () => {
  const clock = manualClock();
  const queue = new ServiceQueue(clock);
  const ends: number[] = [];
  queue.submit(0, { begin: () => 1, run: (at) => ends.push(at) });
  queue.clear();
  clock.advance(10);
  expect(ends).toEqual([]);
});

test('the machine clock keeps sub-millisecond costs: 1000 jobs of 0.3 ms take 0.3 s, not a second', async () => {
  const clock = systemClock();
  const queue = new ServiceQueue(clock);
  const start = clock.now();
  await new Promise<void>((resolve) => {
    for (let i = 0; i < 1000; i += 1) {
      queue.submit(start, {
        begin: () => 0.3,
        run:
          i === 999
            ? () => {
                resolve();
              }
            : () => undefined,
      });
    }
  });
  const took = clock.now() - start;
  expect(took).toBeGreaterThanOrEqual(300);
  expect(took).toBeLessThan(450);
});
