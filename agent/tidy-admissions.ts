import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { AgentStore } from '../store/ports.ts';
import type { Clock } from './ports.ts';

const TIDY_EVERY_MS = 3_600_000;
/** The brake's longest window, a day, and some. */
const ADMISSIONS_KEPT_MS = 2 * 86_400_000;

/** Forgets, every hour, what the brake can need no more; a store that is busy then is asked again the next hour. */
export async function tidyAdmissions(
  store: Pick<AgentStore, 'forgetAdmissionsBefore'>,
  { clock, signal, log }: { readonly clock: Clock; readonly signal: AbortSignal; readonly log: pino.Logger },
): Promise<void> {
  for (;;) {
    try {
      await store.forgetAdmissionsBefore(clock.now() - ADMISSIONS_KEPT_MS);
      await clock.sleep(TIDY_EVERY_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ error: describeError(error) }, 'old admissions not forgotten');
      await clock.sleep(TIDY_EVERY_MS, signal);
    }
  }
}
