import { expect, test } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

test('a loop that made no step yet is not overdue', () => {
  expect(new Heartbeat({ monotonic: () => 1e12 }, 10_000).isOverdue).toBe(false);
});

test('a loop is overdue when its rest, its deadlines and five minutes are over, and well again with its next step', () => {
  const clock = { at: 1000 };
  const heartbeat = new Heartbeat({ monotonic: () => clock.at }, 10_000);
  heartbeat.step(60_000);
  clock.at += 60_000 + 100_000 + 300_000;
  expect(heartbeat.isOverdue).toBe(false);
  clock.at += 1;
  expect(heartbeat.isOverdue).toBe(true);
  heartbeat.step();
  expect(heartbeat.isOverdue).toBe(false);
});
