import { expect, onTestFinished, test, vi } from 'vitest';
import { startWatchdog, type Watched } from './watchdog.ts';

const PERIOD_MS = 80;

interface Told {
  well: number;
  readonly news: boolean[];
  readonly unwell: (readonly string[])[];
}

function watching(watched: readonly Watched[], now: () => number = () => performance.now()): Told {
  const told: Told = { well: 0, news: [], unwell: [] };
  onTestFinished(
    startWatchdog({
      periodMs: PERIOD_MS,
      watched,
      now,
      log: { error: () => undefined, info: () => undefined },
      onWell: (isNews) => {
        told.well += 1;
        told.news.push(isNews);
        return Promise.resolve();
      },
      onUnwell: (sick) => {
        told.unwell.push(sick);
        return Promise.resolve();
      },
    }),
  );
  return told;
}

function daemon(isHealthy: () => Promise<boolean>, name = 'agent'): Watched {
  return { name, isHealthy };
}

/** A monotonic clock on which every look comes just when it is due, but for `lateMs`. */
function steadyClock(): { now: () => number; lateMs: number } {
  const clock = {
    calls: 0,
    lateMs: 0,
    now: () => {
      // One question when it starts, then two a look: was it late, and when is the next one due.
      const look = Math.floor(clock.calls / 2 + 0.5);
      clock.calls += 1;
      return look * (PERIOD_MS / 2) + clock.lateMs;
    },
  };
  return clock;
}

test('as long as all are healthy it gives signs of life, twice a period', async () => {
  const told = watching([daemon(() => Promise.resolve(true))], steadyClock().now);
  await vi.waitFor(() => {
    expect(told.well).toBeGreaterThanOrEqual(3);
  });
  expect(told.unwell).toEqual([]);
});

test('one daemon that is not healthy stops them, and is named once', async () => {
  const sick = { is: true };
  const told = watching(
    [daemon(() => Promise.resolve(true)), daemon(() => Promise.resolve(!sick.is), 'control')],
    steadyClock().now,
  );
  const looks = vi.fn();
  watching(
    [
      daemon(() => {
        looks();
        return Promise.resolve(true);
      }),
    ],
    steadyClock().now,
  );
  await vi.waitFor(() => {
    expect(looks.mock.calls.length).toBeGreaterThanOrEqual(3);
  });
  expect(told.well).toBe(0);
  expect(told.unwell).toEqual([['control']]);
  sick.is = false;
  await vi.waitFor(() => {
    expect(told.news.slice(0, 2)).toEqual([true, false]);
  });
});

test('a store that never answers counts as not healthy, one that fails too', async () => {
  const hung = watching([daemon(() => new Promise(() => undefined))], steadyClock().now);
  const broken = watching([daemon(() => Promise.reject(new Error('disk I/O error')))], steadyClock().now);
  await vi.waitFor(() => {
    expect([hung.unwell, broken.unwell]).toEqual([[['agent']], [['agent']]]);
  });
  expect([hung.well, broken.well]).toEqual([0, 0]);
});

test('a look that comes too late is a blocked event loop', async () => {
  const clock = steadyClock();
  const told = watching([daemon(() => Promise.resolve(true))], clock.now);
  clock.lateMs = PERIOD_MS / 4 + 1;
  await vi.waitFor(() => {
    expect(told.unwell).toEqual([['event loop']]);
  });
  expect(told.well).toBe(0);
});

test('stopped, it gives no more signs of life', async () => {
  const told = { well: 0 };
  const stop = startWatchdog({
    periodMs: PERIOD_MS,
    watched: [],
    now: steadyClock().now,
    log: { error: () => undefined, info: () => undefined },
    onWell: () => {
      told.well += 1;
      return Promise.resolve();
    },
    onUnwell: () => Promise.resolve(),
  });
  await vi.waitFor(() => {
    expect(told.well).toBe(1);
  });
  stop();
  const other = watching([], steadyClock().now);
  await vi.waitFor(() => {
    expect(other.well).toBe(2);
  });
  expect(told.well).toBe(1);
});
