import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runWindowed, Window } from './window.ts';

const BUDGET_MS = 500;

/** Work that ends when it is told to. */
function jobs(): {
  readonly open: Map<number, (error?: Error) => void>;
  readonly work: (job: number) => Promise<void>;
} {
  const open = new Map<number, (error?: Error) => void>();
  return {
    open,
    work: (job) =>
      new Promise((resolve, reject) => {
        open.set(job, (error) => {
          open.delete(job);
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
  };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('few are in flight before the first answer, one more after a window of quick ones, half after a slow one', () => {
  const window = new Window(24, BUDGET_MS);
  expect(window.size).toBe(8);
  for (let answer = 0; answer < 7; answer += 1) window.answered(5);
  expect(window.size).toBe(8);
  window.answered(5);
  expect(window.size).toBe(9);
  for (let answer = 0; answer < 300; answer += 1) window.answered(5);
  expect(window.size).toBe(24);
  window.answered(BUDGET_MS + 1);
  expect(window.size).toBe(12);
  for (let answer = 0; answer < 9; answer += 1) window.answered(BUDGET_MS + 1);
  expect(window.size).toBe(1);
});

test('a window of few is not begun with more than it may ever have', () => {
  expect(new Window(4, BUDGET_MS).size).toBe(4);
});

test('never more than the window run at once, every one runs once and in order of start', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(fc.nat()),
      async (count, max, picks) => {
        const window = new Window(max, BUDGET_MS);
        const { open, work } = jobs();
        const started: number[] = [];
        const all = runWindowed(
          Array.from({ length: count }, (_, job) => job),
          window,
          (job) => {
            started.push(job);
            return work(job);
          },
        );
        while (open.size > 0) {
          expect(open.size).toBe(Math.min(window.size, count - started.length + open.size));
          const running = [...open.values()];
          running[Number(picks.next().value) % running.length]?.();
          await turn();
        }
        await all;
        expect(started).toEqual(Array.from({ length: count }, (_, job) => job));
      },
    ),
    { numRuns: 50 },
  );
});

test('the first failure starts no more, waits for what runs, and is the one that is told', async () => {
  const { open, work } = jobs();
  let isOver = false;
  const all = runWindowed([0, 1, 2, 3], new Window(3, BUDGET_MS), work).finally(() => {
    isOver = true;
  });
  open.get(1)?.(new Error('first'));
  await turn();
  expect([[...open.keys()], isOver]).toEqual([[0, 2], false]);
  open.get(0)?.(new Error('second'));
  open.get(2)?.();
  await expect(all).rejects.toThrow('first');
  expect(open.size).toBe(0);
});

test('a window that shrinks while work runs lets none start until there is room', async () => {
  const window = new Window(4, BUDGET_MS);
  const { open, work } = jobs();
  const all = runWindowed([0, 1, 2, 3, 4, 5], window, work);
  window.answered(BUDGET_MS + 1);
  open.get(0)?.();
  open.get(1)?.();
  await turn();
  expect([...open.keys()]).toEqual([2, 3]);
  open.get(2)?.();
  await turn();
  expect([...open.keys()]).toEqual([3, 4]);
  while (open.size > 0) {
    for (const end of open.values()) end();
    await turn();
  }
  await all;
});
