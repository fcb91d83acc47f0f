import { AppError } from '../schemas/app-error.ts';
import { underEither } from '../schemas/either-signal.ts';
import type { Clock, ConnectRouter, RouterSession, RouterTarget, SessionOptions } from './ports.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** After a failure that only a person can mend (login refused, wrong certificate) the router is tried this seldom. */
const TERMINAL_DELAY_MS = 60_000;

/** Delays between connection attempts: 0.5 s doubling to 15 s, each with full jitter in its upper half. */
export class Backoff {
  readonly #random: () => number;
  #next = FIRST_DELAY_MS;

  constructor(random: () => number) {
    this.#random = random;
  }

  reset(): void {
    this.#next = FIRST_DELAY_MS;
  }

  /** The next delay in ms. */
  delay(isRetryable: boolean): number {
    const base = isRetryable ? this.#next : TERMINAL_DELAY_MS;
    this.#next = Math.min(LONGEST_DELAY_MS, this.#next * 2);
    return base / 2 + (base / 2) * this.#random();
  }
}

/**
 * The second session of a router: opened when the restore lane first needs it, kept open, opened again after it broke.
 * Restores never queue behind bulk work.
 */
export class ExpressLink {
  readonly #connect: ConnectRouter;
  readonly #target: RouterTarget;
  readonly #options: SessionOptions;
  #opening: Promise<RouterSession> | null = null;

  constructor(connect: ConnectRouter, target: RouterTarget, options: SessionOptions) {
    this.#connect = connect;
    this.#target = target;
    this.#options = options;
  }

  async session(): Promise<RouterSession> {
    for (;;) {
      const opening = this.#opening;
      if (opening === null) break;
      const current = await opening.catch(() => null);
      if (current?.isOpen === true) return current;
      // Several may have waited for the broken one: the first opens the next, the others wait for that.
      if (this.#opening === opening) break;
    }
    const opening = this.#connect(this.#target, this.#options);
    this.#opening = opening;
    return opening;
  }

  async close(): Promise<void> {
    const current = this.#opening === null ? null : await this.#opening.catch(() => null);
    this.#opening = null;
    await current?.close();
  }
}

/** Sleeps, or ends early when `wake` is called; rejects with `aborted` when the signal fires. */
export class Alarm {
  readonly #clock: Clock;
  #controller: AbortController | null = null;
  #isRung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the current wait, or the next one before it begins. */
  ring(): void {
    this.#isRung = true;
    this.#controller?.abort();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#isRung) {
      const controller = new AbortController();
      this.#controller = controller;
      try {
        await underEither(signal, controller.signal, (either) => this.#clock.sleep(ms, either));
      } catch (error) {
        if (signal.aborted) throw error;
      } finally {
        this.#controller = null;
      }
    }
    this.#isRung = false;
  }
}

/** The AppError in anything thrown; what is none becomes `internal`. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
