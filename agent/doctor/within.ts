import { underEither } from '../../schemas/either-signal.ts';
import type { Clock } from '../ports.ts';

/** Does `work` with a signal that fires with `signal`, or when time is up. */
export async function within<Result>(
  ms: number,
  signal: AbortSignal,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const deadline = new AbortController();
  const timer = underEither(signal, over.signal, (either) => clock.sleep(ms, either)).then(
    () => {
      deadline.abort();
    },
    () => undefined,
  );
  try {
    return await underEither(signal, deadline.signal, work);
  } finally {
    over.abort();
    await timer;
  }
}
