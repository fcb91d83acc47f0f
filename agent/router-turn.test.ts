import { expect, test } from 'vitest';
import { RouterTurn } from './router-turn.ts';

/** Work that ends when told to. */
function held(): { readonly work: () => Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
}

test('one at a time, in the order they came, whatever became of those before', async () => {
  const turn = new RouterTurn();
  const { signal } = new AbortController();
  const seen: string[] = [];
  const first = held();
  const all = [
    turn.take(signal, async () => {
      seen.push('first');
      await first.work();
      seen.push('first over');
    }),
    turn
      .take(signal, () => {
        seen.push('second');
        return Promise.reject(new Error('no'));
      })
      .catch(() => undefined),
    turn.take(signal, () => {
      seen.push('third');
      return Promise.resolve();
    }),
  ];
  first.end();
  await Promise.all(all);
  expect(seen).toEqual(['first', 'first over', 'second', 'third']);
});

test('who gives up waiting begins nothing, and lets nobody past those before him', async () => {
  const turn = new RouterTurn();
  const patient = new AbortController();
  const hasty = new AbortController();
  const seen: string[] = [];
  const first = held();
  const one = turn.take(patient.signal, first.work);
  const two = turn.take(hasty.signal, () => {
    seen.push('two');
    return Promise.resolve();
  });
  const three = turn.take(patient.signal, () => {
    seen.push('three');
    return Promise.resolve();
  });
  hasty.abort();
  await expect(two).rejects.toThrow();
  expect(seen).toEqual([]);
  first.end();
  await Promise.all([one, three]);
  expect(seen).toEqual(['three']);
});

test('a self-test is told of a pass that cannot wait, also one that begins while it waits, and not of one made since', async () => {
  const turn = new RouterTurn();
  const { signal } = new AbortController();
  const seen: boolean[] = [];
  const selfTest = (hurry: AbortSignal): Promise<void> => {
    seen.push(hurry.aborted);
    return Promise.resolve();
  };
  await turn.lend(signal, async (hurry) => {
    await selfTest(hurry);
    turn.hurry();
    await selfTest(hurry);
  });
  await turn.lend(signal, selfTest);
  await turn.take(signal, () => Promise.resolve());
  await turn.lend(signal, selfTest);
  expect(seen).toEqual([false, true, true, false]);
});
