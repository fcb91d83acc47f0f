import { expect, test } from 'vitest';
import { AppError } from '../schemas/app-error.ts';
import type { PhoneRequest } from '../store/phone-ports.ts';
import { RequestRecord } from './request-record.ts';

const ASKED: PhoneRequest = {
  mac: '805ec0aabb01',
  origin: 'own',
  firstAt: 1,
  at: 1,
  times: 1,
  method: 'GET',
  file: '805ec0aabb01.cfg',
  status: 200,
  address: '192.0.2.7',
  userAgent: null,
  why: 'served',
  detail: null,
};

interface Told {
  readonly record: RequestRecord;
  readonly batches: (readonly PhoneRequest[])[];
  readonly slept: number[];
  readonly warnings: object[];
}

/** A record whose time passes only when it is slept away, at once. */
function recordOver(write: () => void = () => undefined): Told {
  const [batches, slept, warnings]: [(readonly PhoneRequest[])[], number[], object[]] = [[], [], []];
  let now = 0;
  const record = new RequestRecord({
    store: {
      recordRequests: async (batch) => {
        write();
        now += 10;
        batches.push(batch);
        return Promise.resolve();
      },
    },
    clock: {
      now: () => now,
      monotonic: () => now,
      sleep: async (ms) => {
        slept.push(ms);
        now += ms;
        return new Promise((resolve) => setImmediate(resolve));
      },
    },
    log: { warn: (fields) => warnings.push(fields) },
  });
  return { record, batches, slept, warnings };
}

test('requests that are alike but for their time are one, with its count', async () => {
  const { record, batches } = recordOver();
  record.note(ASKED);
  record.note({ ...ASKED, firstAt: 5, at: 5 });
  record.note({ ...ASKED, firstAt: 6, at: 6, status: 304 });
  await record.close();
  expect(batches).toEqual([
    [
      { ...ASKED, at: 5, times: 2 },
      { ...ASKED, firstAt: 6, at: 6, status: 304 },
    ],
  ]);
  expect(record.waiting).toBe(0);
});

test('a boot storm is written in batches with rests between them, none of them at once', async () => {
  const { record, batches, slept } = recordOver();
  for (let phone = 0; phone < 5_000; phone += 1)
    for (const file of ['a', 'b', 'c']) record.note({ ...ASKED, mac: String(phone), file });
  expect(batches).toEqual([]);
  await expect.poll(() => record.waiting).toBe(0);
  await record.close();
  expect(batches.flat()).toHaveLength(15_000);
  // All of a phone's in one batch: what it did at one start is read as one.
  const sizes = batches.map((batch) => batch.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
  expect(Math.max(...sizes)).toBeGreaterThan(240);
  expect(Math.min(...slept)).toBeGreaterThanOrEqual(190);
});

test('what strangers do leaves room for what phones do, and what has none is counted', async () => {
  const { record, batches, warnings } = recordOver();
  for (let mac = 0; mac < 3_000; mac += 1) record.note({ ...ASKED, mac: String(mac), origin: 'stranger' });
  record.note(ASKED);
  await record.close();
  expect(batches.flat().filter(({ origin }) => origin === 'stranger')).toHaveLength(2_000);
  expect(batches.flat()).toContainEqual(ASKED);
  expect(warnings).toEqual([{ dropped: 1_000 }]);
});

test('what cannot be written is dropped, and the next is taken', async () => {
  let isBroken = true;
  const { record, batches, warnings } = recordOver(() => {
    if (isBroken) throw new AppError('store-busy', 'busy');
  });
  record.note(ASKED);
  await expect.poll(() => warnings.length).toBe(2);
  isBroken = false;
  record.note(ASKED);
  await record.close();
  expect(warnings).toEqual([{ error: 'store-busy: busy' }, { dropped: 1 }]);
  expect(batches).toEqual([[ASKED]]);
});

test('one phone that asks for ever new files takes no more room than the store keeps of it', async () => {
  const { record, batches } = recordOver();
  for (let file = 0; file < 1000; file += 1) record.note({ ...ASKED, file: `${file}.cfg` });
  expect(record.waiting).toBe(64);
  record.note({ ...ASKED, mac: '805ec0aabb02' });
  await record.close();
  expect(batches.flat().map(({ mac }) => mac)).toContain('805ec0aabb02');
  expect(record.waiting).toBe(0);
});
