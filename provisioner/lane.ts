import { AppError } from '../schemas/app-error.ts';
import { BREAKER_AFTER, BREAKER_MS, lockedMs, slotOf } from './core/probe-limits.ts';
import type { Clock } from './ports.ts';

/** How hard one registrar is asked. */
export interface LaneLimits {
  /** Requests a second; Infinity: as fast as they come. */
  readonly perSecond: number;
  readonly inFlight: number;
}

/** Waiting requests beyond this are turned away: whoever asked comes back by himself. */
const QUEUE_LIMIT = 10_000;

export type Turn<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** Nothing is sent before `until`, ms since the epoch. */
  | { readonly kind: 'stopped'; readonly until: number; readonly why: 'locked' | 'breaker' }
  | { readonly kind: 'full' };

/** All requests to one registrar: so many a second, so many at once, none at all while it locks us out. */
export class Lane {
  readonly #clock: Clock;
  #limits: LaneLimits;
  #inFlight = 0;
  #nextSlot = Number.NEGATIVE_INFINITY;
  #stopped: { readonly until: number; readonly why: 'locked' | 'breaker' } | null = null;
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #refusedInARow = new Set<string>();

  constructor(limits: LaneLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  setLimits(limits: LaneLimits): void {
    this.#limits = limits;
    this.#admit();
  }

  /** Runs one request in its turn; urgent ones go before all that are not. Rejects with `aborted`, and with what `send` rejects with. */
  async run<Result>(send: () => Promise<Result>, isUrgent: boolean, signal: AbortSignal): Promise<Turn<Result>> {
    const queue = isUrgent ? this.#urgent : this.#waiting;
    if (queue.length >= QUEUE_LIMIT) return { kind: 'full' };
    await this.#enter(queue, signal);
    try {
      if (this.#isStopped()) return this.#refusal();
      const { at, next } = slotOf(this.#nextSlot, this.#limits.perSecond, this.#clock.monotonic());
      this.#nextSlot = next;
      const waitMs = at - this.#clock.monotonic();
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      if (this.#isStopped()) return this.#refusal();
      return { kind: 'done', result: await send() };
    } finally {
      this.#inFlight -= 1;
      this.#admit();
    }
  }

  /** The registrar locked us out: nothing more is sent for Retry-After, within reason (`lockedMs`). Gives the end of it. */
  lock(retryAfterSeconds: number | null): number {
    return this.#stop(this.#clock.now() + lockedMs(retryAfterSeconds), 'locked');
  }

  /** A key of this extension was refused or accepted: many refused in a row stop the lane for a while. */
  judge(number: string, isAccepted: boolean): void {
    if (isAccepted) {
      this.#refusedInARow.clear();
      return;
    }
    this.#refusedInARow.add(number);
    if (this.#refusedInARow.size < BREAKER_AFTER) return;
    this.#refusedInARow.clear();
    this.#stop(this.#clock.now() + BREAKER_MS, 'breaker');
  }

  /** The longest stop counts; gives its end. */
  #stop(until: number, why: 'locked' | 'breaker'): number {
    if (this.#stopped === null || this.#stopped.until < until) this.#stopped = { until, why };
    return this.#stopped.until;
  }

  #isStopped(): boolean {
    return this.#stopped !== null && this.#clock.now() < this.#stopped.until;
  }

  #refusal(): { readonly kind: 'stopped'; readonly until: number; readonly why: 'locked' | 'breaker' } {
    const { until, why } = this.#stopped ?? { until: this.#clock.now(), why: 'locked' as const };
    return { kind: 'stopped', until, why };
  }

  #enter(queue: (() => void)[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(stoppedByUs());
    if (this.#inFlight < this.#limits.inFlight && this.#urgent.length + this.#waiting.length === 0) {
      this.#inFlight += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        this.#inFlight += 1;
        resolve();
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(go), 1);
        reject(stoppedByUs());
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(go);
    });
  }

  #admit(): void {
    while (this.#inFlight < this.#limits.inFlight) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }
}

function stoppedByUs(): AppError {
  return new AppError('aborted', 'A request in a queue was stopped by us');
}
