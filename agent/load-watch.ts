import { AppError } from '../schemas/app-error.ts';
import { underEither } from '../schemas/either-signal.ts';
import { percentOf } from './observe.ts';
import type { Clock, RouterSession } from './ports.ts';
import type { Window } from './window.ts';

/** The load is asked for this often while a long plan is written, ms. */
const LOOK_EVERY_MS = 1000;
/** A plan of fewer steps is over before a look at the load would tell anything. */
const LONG_PLAN = 500;

interface LoadWatch {
  readonly session: RouterSession;
  readonly window: Window;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
}

/** Does `work`, and lets the window follow the router's CPU load meanwhile, where it is long. */
export async function withLoadWatched<Result>(
  steps: number,
  { session, window, clock, signal }: LoadWatch,
  work: () => Promise<Result>,
): Promise<Result> {
  if (steps < LONG_PLAN) return work();
  const over = new AbortController();
  const watching = underEither(over.signal, signal, (either) =>
    watch({ session, window, clock, signal: either }),
  ).catch((error: unknown) => {
    // A load that cannot be read slows nothing down; what broke the session shows in the work itself.
    if (!(error instanceof AppError)) throw error;
  });
  try {
    return await work();
  } finally {
    over.abort();
    await watching;
  }
}

async function watch({ session, window, clock, signal }: LoadWatch): Promise<never> {
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    const command = { path: '/system/resource/print', attributes: { '.proplist': 'cpu-load' } };
    const { rows } = await session.run(command, { signal });
    const load = percentOf(rows[0]?.get('cpu-load'));
    if (load !== null) window.loaded(load);
  }
}
