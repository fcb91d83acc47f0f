import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';

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
  #running: Promise<void> | null = null;
  #isDue = false;
  #isStopped = false;

  constructor(deps: PortalAdderDeps) {
    this.#deps = deps;
  }

  /** The known addresses changed. */
  note(): void {
    this.#isDue = true;
    if (this.#isStopped || this.#running !== null) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { attempt, onLeft } = this.#deps;
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      try {
        if (!(await attempt())) onLeft();
      } catch (error) {
        this.#tell(error);
        onLeft();
      }
    }
  }

  #tell(error: unknown): void {
    const { router, log } = this.#deps;
    if (!this.#isStopped)
      log.warn({ router, error: describeError(error) }, 'portal addresses not written; a full pass follows');
  }
}
