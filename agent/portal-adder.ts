import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import { GatheredJob } from './gathered-job.ts';

export interface PortalAdderDeps {
  readonly router: string;
  /** Writes what the lists lack; false when only a full pass can. Rejects with `router-*` and the store's errors. */
  readonly attempt: () => Promise<boolean>;
  /** Asks for a full pass. */
  readonly onLeft: () => void;
  readonly log: pino.Logger;
}

/**
 * Brings addresses that DNS gave anew into the lists of one router, without a pass: a CDN gives others every minute, and
 * to read two big tables for each would leave the router no rest (core/pace.ts). One attempt at a time; whatever comes
 * meanwhile is gathered into the next one.
 */
export class PortalAdder {
  readonly #deps: PortalAdderDeps;
  readonly #job: GatheredJob;

  constructor(deps: PortalAdderDeps) {
    this.#deps = deps;
    this.#job = new GatheredJob(
      async () => {
        if (!(await deps.attempt())) deps.onLeft();
      },
      (error) => {
        this.#tell(error);
        deps.onLeft();
      },
    );
  }

  /** The known addresses changed. */
  note(): void {
    this.#job.ask();
  }

  /** Starts nothing more and resolves when what runs has ended. */
  stop(): Promise<void> {
    return this.#job.stop();
  }

  #tell(error: unknown): void {
    const { router, log } = this.#deps;
    if (!this.#job.isStopped)
      log.warn({ router, error: describeError(error) }, 'portal addresses not written; a full pass follows');
  }
}
