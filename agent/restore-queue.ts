import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { AgentStore } from '../store/ports.ts';
import { GatheredJob } from './gathered-job.ts';

/** Restores side by side on the second session; more wait their turn. */
const AT_ONCE = 4;

export interface RestoreQueueDeps {
  readonly router: string;
  readonly store: Pick<AgentStore, 'openOperations'>;
  /** Restores one subscriber; false when only a full pass can finish it. */
  readonly attempt: (subscriber: string) => Promise<boolean>;
  /** Asks for a full pass. */
  readonly onLeft: () => void;
  readonly log: pino.Logger;
}

/**
 * Carries the open restores of one router, each tried once here: what does not succeed is left to the next full pass,
 * which also tries it again after a lost link. Bounded: at most four at a time, the waiting ones are in the store.
 */
export class RestoreQueue {
  readonly #deps: RestoreQueueDeps;
  readonly #running = new Map<string, Promise<void>>();
  #tried = new Set<string>();
  readonly #scan: GatheredJob;

  constructor(deps: RestoreQueueDeps) {
    this.#deps = deps;
    this.#scan = new GatheredJob(
      () => this.#startOpen(),
      (error) => {
        this.#leave(error);
      },
    );
  }

  /** Looks for restores that were not tried yet. */
  scan(): void {
    this.#scan.ask();
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    await this.#scan.stop();
    await Promise.all(this.#running.values());
  }

  async #startOpen(): Promise<void> {
    const open = (await this.#deps.store.openOperations(this.#deps.router)).filter(
      (operation) => operation.kind === 'restore',
    );
    this.#tried = new Set(open.map((operation) => operation.id).filter((id) => this.#tried.has(id)));
    for (const operation of open) {
      const subscriber = operation.subject.slice('subscriber/'.length);
      if (this.#running.size >= AT_ONCE) return;
      if (this.#tried.has(operation.id) || this.#running.has(subscriber)) continue;
      this.#tried.add(operation.id);
      this.#running.set(subscriber, this.#carry(subscriber));
    }
  }

  async #carry(subscriber: string): Promise<void> {
    try {
      if (!(await this.#deps.attempt(subscriber))) this.#deps.onLeft();
    } catch (error) {
      this.#leave(error);
    } finally {
      this.#running.delete(subscriber);
      this.scan();
    }
  }

  #leave(error: unknown): void {
    if (!this.#scan.isStopped)
      this.#deps.log.warn(
        { router: this.#deps.router, error: describeError(error) },
        'restore lane failed; a full pass follows',
      );
    this.#deps.onLeft();
  }
}
