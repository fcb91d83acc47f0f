import { AppError } from '../schemas/app-error.ts';
import { underEither } from '../schemas/either-signal.ts';
import type { Clock } from './ports.ts';

/** A wall clock may be set meanwhile: it is looked at again this often at least. */
const LONGEST_MS = 60_000;

/** One sleeper who can be woken. A wake before he sleeps is not lost. */
export class Wake {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #isDue = false;
  #sleeping: AbortController | null = null;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  now(): void {
    this.#isDue = true;
    this.#sleeping?.abort();
  }

  /** Till `until` (ms since the epoch; null: for ever) or till woken, whichever is first. Rejects with `aborted`. */
  async wait(until: number | null): Promise<void> {
    while (!this.#isDue) {
      const leftMs = until === null ? LONGEST_MS : until - this.#clock.now();
      if (leftMs <= 0) break;
      this.#sleeping = new AbortController();
      try {
        const restMs = Math.min(leftMs, LONGEST_MS);
        await underEither(this.#signal, this.#sleeping.signal, (either) => this.#clock.sleep(restMs, either));
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'aborted' || this.#signal.aborted) throw error;
      } finally {
        this.#sleeping = null;
      }
    }
    this.#isDue = false;
  }
}
