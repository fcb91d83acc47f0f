import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import { centralState, type CentralState } from '../schemas/central.ts';
import type { AgentStore } from '../store/ports.ts';
import type { Clock } from './ports.ts';

const LOOK_EVERY_MS = 30_000;

export interface CentralWatchDeps {
  readonly store: Pick<AgentStore, 'beginCentral' | 'centralRecord' | 'tellCentral'>;
  /** `central.staleAfterHours`, ms. */
  readonly staleAfterMs: number;
  readonly clock: Clock;
  readonly log: pino.Logger;
}

/**
 * How the central platform stands, for every pass. The store says when it was last heard, by the wall clock; beside it
 * the time is counted since a contact was first seen here, for a wall clock can be set back. After a restart only the
 * store's time counts: whoever sets the clock back and starts the agent anew makes a silence look shorter.
 */
export class CentralWatch {
  readonly #deps: CentralWatchDeps;
  #seen: { readonly contactAt: number; readonly countedFrom: number } | null = null;

  constructor(deps: CentralWatchDeps) {
    this.#deps = deps;
  }

  stateOf(contactAt: number | null): CentralState {
    const { clock, staleAfterMs } = this.#deps;
    if (contactAt !== null && this.#seen?.contactAt !== contactAt)
      this.#seen = { contactAt, countedFrom: clock.monotonic() };
    const countedMs = this.#seen === null ? 0 : clock.monotonic() - this.#seen.countedFrom;
    return centralState({ contactAt, countedMs, staleAfterMs }, clock.now());
  }

  /** Tells the journal of a silence as it grows, until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      for (;;) {
        try {
          await this.look();
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ error: describeError(error) }, 'the central link was not looked at');
        }
        await clock.sleep(LOOK_EVERY_MS, signal);
      }
    } catch {
      // Only the sleep rejects, and only when it was told to.
      return;
    }
  }

  /** One look. Rejects with the store's errors. */
  async look(): Promise<void> {
    const { store, clock } = this.#deps;
    await store.beginCentral(clock.now());
    const record = await store.centralRecord();
    if (record === null) return;
    const state = this.stateOf(record.contactAt);
    if (state !== 'none' && state !== record.told) await store.tellCentral(clock.now(), state);
  }
}
