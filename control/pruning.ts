import { setInterval } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { ControlStore } from '../store/ports.ts';

const EVERY_MS = 3_600_000;
/** An Idempotency-Key is honoured for two days: longer than any sane retry. */
const KEY_LIFE_MS = 2 * 86_400_000;
/** Journal entries kept for readers that were away. */
const KEEP_ENTRIES = 1_000_000;

/** Forgets, once an hour, what nobody can ask for any more. */
export function startPruning(store: Pick<ControlStore, 'prune'>, log: Logger, signal: AbortSignal): void {
  const run = async (): Promise<void> => {
    for await (const target of setInterval(EVERY_MS, store, { signal, ref: false })) {
      await target.prune(Date.now() - KEY_LIFE_MS, KEEP_ENTRIES).catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'pruning failed; it is tried again in an hour');
      });
    }
  };
  run().catch(() => undefined);
}
