import { expect, test } from 'vitest';
import { AppError } from '../schemas/app-error.ts';
import type { PhoneFetch } from '../store/phone-ports.ts';
import { FetchRecord, type FetchRecordDeps } from './fetch-record.ts';
import type { Clock } from './ports.ts';

const FETCH: PhoneFetch = {
  mac: '805ec0aabb01',
  at: 1,
  file: '805ec0aabb01.cfg',
  sha256: 'a',
  tokenHash: 't',
  address: '192.0.2.7',
  userAgent: null,
  isWhole: true,
  revision: null,
};

/** Time that passes only when it is slept away, at once. */
function fastClock(slept: number[]): Clock {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

interface Told {
  readonly batches: PhoneFetch[][];
  readonly slept: number[];
  readonly errors: object[];
  readonly warnings: object[];
}

function recordOver(write: (told: Told, batch: readonly PhoneFetch[]) => void): { record: FetchRecord; told: Told } {
  const told: Told = { batches: [], slept: [], errors: [], warnings: [] };
  const deps: FetchRecordDeps = {
    store: {
      recordFetches: async (batch) => {
        write(told, batch);
        told.batches.push([...batch]);
        return Promise.resolve();
      },
    },
    clock: fastClock(told.slept),
    random: () => 0.5,
    log: {
      error: (fields) => told.errors.push(fields),
      warn: (fields) => told.warnings.push(fields),
    },
  };
  return { record: new FetchRecord(deps), told };
}

test('the same bytes taken again are one entry, the latest; other bytes are another', async () => {
  const { record, told } = recordOver(() => undefined);
  record.note(FETCH);
  record.note({ ...FETCH, at: 2 });
  record.note({ ...FETCH, at: 3, sha256: 'b' });
  await record.close();
  expect(told.batches).toEqual([
    [
      { ...FETCH, at: 2 },
      { ...FETCH, at: 3, sha256: 'b' },
    ],
  ]);
  expect(record.waiting).toBe(0);
});

test('the same bytes taken again soon after they were written wait, and are written once', async () => {
  const { record, told } = recordOver(() => undefined);
  record.note(FETCH);
  await expect.poll(() => told.batches.length).toBe(1);
  const first = told.slept.length;
  record.note({ ...FETCH, at: 2 });
  record.note({ ...FETCH, at: 3 });
  record.note({ ...FETCH, at: 4, sha256: 'b' });
  await expect.poll(() => record.waiting).toBe(0);
  expect(told.batches.slice(1)).toEqual([[{ ...FETCH, at: 4, sha256: 'b' }], [{ ...FETCH, at: 3 }]]);
  expect(told.slept.slice(first).reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(900);
});

test('a storm is written in batches', async () => {
  const { record, told } = recordOver(() => undefined);
  for (let number = 0; number < 5_000; number += 1)
    record.note({ ...FETCH, mac: String(number), tokenHash: String(number) });
  await record.close();
  expect(told.batches.flat()).toHaveLength(5_000);
  expect(Math.max(...told.batches.map((batch) => batch.length))).toBeLessThanOrEqual(250);
});

test('a busy store is asked again, later each time', async () => {
  const { record, told } = recordOver(({ warnings }) => {
    if (warnings.length < 3) throw new AppError('store-busy', 'busy');
  });
  record.note(FETCH);
  await expect.poll(() => told.batches.length).toBe(1);
  expect(told.slept.slice(0, 4)).toEqual([20, 50, 100, 200]);
  expect(told.errors).toEqual([]);
});

test('what cannot be written is named in the log, and the rest goes on', async () => {
  const { record, told } = recordOver((_, batch) => {
    if (batch.some(({ mac }) => mac === 'bad')) throw new AppError('store-corrupt', 'damaged', { retryable: false });
  });
  record.note({ ...FETCH, mac: 'bad', tokenHash: 'bad' });
  await expect.poll(() => told.errors.length).toBe(1);
  record.note(FETCH);
  await record.close();
  expect(told.errors).toEqual([{ lost: 1, whole: 1, macs: ['bad'], error: 'store-corrupt: damaged' }]);
  expect(told.batches).toEqual([[FETCH]]);
});

test('closing ends even over a store that stays busy, and says what was lost', async () => {
  const { record, told } = recordOver(() => {
    throw new AppError('store-busy', 'busy');
  });
  record.note(FETCH);
  await record.close();
  expect(told.errors).toHaveLength(1);
});

test('too many waiting drop those without keys first, without a word; one with keys is named', async () => {
  let isOpen = false;
  const { record, told } = recordOver(() => {
    if (!isOpen) throw new AppError('store-busy', 'busy');
  });
  record.note({ ...FETCH, mac: 'first', tokenHash: 'first' });
  await expect.poll(() => told.warnings.length).toBeGreaterThan(0);
  record.note({ ...FETCH, mac: 'bare', tokenHash: 'bare', isWhole: false });
  for (let number = 0; number < 20_000; number += 1)
    record.note({ ...FETCH, mac: String(number), tokenHash: String(number) });
  expect(told.errors).toEqual([]);
  record.note({ ...FETCH, mac: 'last', tokenHash: 'last' });
  expect(told.errors).toMatchObject([{ lost: 1, macs: ['0'], error: 'too many wait' }]);
  expect(record.waiting).toBe(20_000);
  isOpen = true;
  await record.close();
});
