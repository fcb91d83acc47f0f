import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { underEither } from './either-signal.ts';

const rejectsWhenFired = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });

test.each([0, 1])('signal %i of the two ends the work, with its own reason', async (which) => {
  const both = [new AbortController(), new AbortController()] as const;
  const work = underEither(both[0].signal, both[1].signal, rejectsWhenFired);
  both[which === 0 ? 0 : 1].abort(new Error(`by ${which}`));
  await expect(work).rejects.toThrow(`by ${which}`);
});

test('one that fired before is heard', async () => {
  const work = underEither(AbortSignal.abort(new Error('long ago')), new AbortController().signal, rejectsWhenFired);
  await expect(work).rejects.toThrow('long ago');
});

test('a long-lived signal keeps nothing of the work done under it', async () => {
  const daemon = new AbortController().signal;
  for (let at = 0; at < 100; at += 1)
    await underEither(daemon, new AbortController().signal, () => Promise.resolve(at));
  expect(getEventListeners(daemon, 'abort')).toHaveLength(0);
  // What AbortSignal.any leaves behind is no listener: a set of references under a symbol of Node's own.
  const left = Object.getOwnPropertySymbols(daemon).flatMap((symbol): readonly unknown[] => {
    const value: unknown = Reflect.get(daemon, symbol);
    return value instanceof Set || value instanceof Map ? [value.size] : [];
  });
  expect(left.filter((size) => size !== 0)).toEqual([]);
});
