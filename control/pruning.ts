import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { ControlStore } from '../store/ports.ts';

const EVERY_MS = 3_600_000;
/** Not at once, for a start has better to do; but soon, for a box may be switched off every evening. */
const FIRST_MS = 60_000;
/** An Idempotency-Key is honoured for two days: longer than any sane retry. */
const KEY_LIFE_MS = 2 * 86_400_000;
/** Journal entries kept for readers that were away. */
const KEEP_ENTRIES = 1_000_000;

/** Forgets, once an hour, what nobody can ask for any more. */
export function startPruning(store: Pick<ControlStore, 'prune'>, log: Logger, signal: AbortSignal): void {
  const run = async (): Promise<void> => {
    for (let pauseMs = FIRST_MS; ; pauseMs = EVERY_MS) {
      await setTimeout(pauseMs, null, { signal, ref: false });
      await store.prune(Date.now() - KEY_LIFE_MS, KEEP_ENTRIES).catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'pruning failed; it is tried again in an hour');
      });
    }
  };
  run().catch(() => undefined);
}
