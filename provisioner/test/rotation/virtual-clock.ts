import { AppError } from '../../../schemas/app-error.ts';
import type { Clock } from '../../ports.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only while everybody sleeps, and then at once; timers may fire late, as real ones do. */
export class VirtualClock implements Clock {
  #now = 1_800_000_000_000;
  #sleepers: Sleeper[] = [];
  #isPumping = false;
  readonly #lateMs: () => number;

  constructor(lateMs: () => number = () => 0) {
    this.#lateMs = lateMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(new AppError('aborted', 'A wait was stopped by us'));
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { at: this.#now + ms + this.#lateMs(), wake };
      if (signal?.aborted === true) {
        stop();
        return;
      }
      signal?.addEventListener('abort', stop, { once: true });
      this.#sleepers.push(sleeper);
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    // A macrotask: whoever can go on without time has done so by then.
    setImmediate(() => {
      this.#isPumping = false;
      const next = this.#sleepers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined) return;
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      if (this.#sleepers.length > 0) this.#pump();
    });
  }
}
