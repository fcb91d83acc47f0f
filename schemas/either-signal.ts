/**
 * Does `work` with a signal that fires as soon as one of the two does, and leaves nothing behind on either. A signal that
 * lives as long as its daemon must not be given to `AbortSignal.any` again and again: on Node 20 it keeps a reference to
 * every signal ever made from it.
 */
export async function underEither<Result>(
  first: AbortSignal,
  second: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const both = new AbortController();
  const sources = [first, second];
  const onAbort = (event: Event): void => {
    stop(event.target instanceof AbortSignal ? event.target : first);
  };
  const stop = ({ reason }: AbortSignal): void => {
    both.abort(reason);
  };
  for (const source of sources) {
    if (source.aborted) stop(source);
    else source.addEventListener('abort', onAbort, { once: true });
  }
  try {
    return await work(both.signal);
  } finally {
    for (const source of sources) source.removeEventListener('abort', onAbort);
  }
}
