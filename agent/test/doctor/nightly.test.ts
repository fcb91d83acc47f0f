import { leakWatch, watchedLog } from '../../../lab/test/watched.ts';
import { expect, test } from 'vitest';
import type { DoctorReport } from '../../../schemas/doctor.ts';
import { ringBy } from '../../adapters/cron.ts';
import { Nightly } from '../../doctor/nightly.ts';
import type { Clock } from '../../ports.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const NIGHT = Date.UTC(2026, 0, 15, 8, 30);

/** Sleeps end when the test says so. */
function handClock(): Clock & { readonly tick: () => Promise<void> } {
  const sleepers: (() => void)[] = [];
  return {
    now: () => NOW,
    monotonic: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push(resolve);
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
    async tick() {
      for (const wake of sleepers.splice(0)) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function ward(checkedAt: string | null) {
  const clock = handClock();
  const done: string[] = [];
  const ends: (() => void)[] = [];
  const bell = { ring: (): void => undefined, stopped: false };
  const report: DoctorReport | null =
    checkedAt === null ? null : { checkedAt, reachable: true, version: null, findings: [], redirect: null };
  const routers = ['r0', 'r1'].map((id) => ({
    id,
    examine: () => {
      done.push(id);
      return new Promise<void>((resolve) => ends.push(resolve));
    },
  }));
  const nightly = new Nightly({
    ringBy: (onTick) => {
      bell.ring = onTick;
      return {
        rings: (at) => at === NIGHT,
        stop: () => {
          bell.stopped = true;
        },
      };
    },
    routers: () => routers,
    store: { readDoctor: () => Promise.resolve(report) },
    clock,
    random: () => 0.5,
    log: watchedLog(leakWatch()),
  });
  nightly.start();
  return { nightly, clock, done, ends, bell };
}

test('a night that was missed is caught up once after the start, one router after the other', async () => {
  const { nightly, clock, done, ends } = ward('2026-01-15T03:00:00.000Z');
  for (let turn = 0; turn < 3; turn += 1) await clock.tick();
  expect(done).toEqual(['r0']);
  ends[0]?.();
  for (let turn = 0; turn < 3; turn += 1) await clock.tick();
  expect(done).toEqual(['r0', 'r1']);
  ends[1]?.();
  await clock.tick();
  await nightly.stop();
});

test('without a missed night nothing is done before the bell; a bell that rings into a round is passed over', async () => {
  const { nightly, clock, done, bell } = ward('2026-01-15T09:00:00.000Z');
  for (let turn = 0; turn < 3; turn += 1) await clock.tick();
  expect(done).toEqual([]);
  bell.ring();
  await clock.tick();
  bell.ring();
  for (let turn = 0; turn < 3; turn += 1) await clock.tick();
  expect(done).toEqual(['r0']);
  await nightly.stop();
});

test('a stop ends the bell, and does not wait for a router that hangs', async () => {
  const { nightly, clock, done, bell } = ward(null);
  for (let turn = 0; turn < 3; turn += 1) await clock.tick();
  expect(done).toEqual(['r0']);
  await nightly.stop();
  expect(bell.stopped).toBe(true);
  bell.ring();
  expect(done).toEqual(['r0']);
});

test('a cron line rings in its own time zone', () => {
  const bell = ringBy('30 3 * * *', 'America/Lima', () => undefined);
  try {
    expect([bell.rings(NIGHT), bell.rings(NIGHT + 59_000), bell.rings(NIGHT + 60_000)]).toEqual([true, true, false]);
    expect(bell.rings(Date.UTC(2026, 0, 15, 3, 30))).toBe(false);
  } finally {
    bell.stop();
  }
});
