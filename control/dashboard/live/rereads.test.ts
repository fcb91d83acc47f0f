import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rereads } from './rereads.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('what is asked for meanwhile is read once, together, and never two reads at a time', async () => {
  const reads: (readonly string[])[] = [];
  let running = 0;
  const ask = rereads(async (topics) => {
    expect((running += 1)).toBe(1);
    reads.push([...topics]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    running -= 1;
  }, new AbortController().signal);
  ask(['router/r0', 'site']);
  ask(['site']);
  await vi.advanceTimersByTimeAsync(500);
  expect(reads).toEqual([['router/r0', 'site']]);
  for (let event = 0; event < 1_000; event += 1) ask([`phone/${String(event % 3)}`]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reads.slice(1)).toEqual([['phone/0', 'phone/1', 'phone/2']]);
});

test('what could not be read is tried again, with what came meanwhile', async () => {
  const reads: (readonly string[])[] = [];
  const ask = rereads((topics) => {
    reads.push([...topics]);
    return reads.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
  }, new AbortController().signal);
  ask(['site']);
  await vi.advanceTimersByTimeAsync(200);
  ask(['routers']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toEqual([['site'], ['site', 'routers']]);
});

test('nothing is read after the end', async () => {
  const ending = new AbortController();
  const read = vi.fn(() => Promise.resolve());
  const ask = rereads(read, ending.signal);
  ask(['site']);
  ending.abort();
  ask(['routers']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).not.toHaveBeenCalled();
});
