import type { Clock } from './ports.ts';

/** Every wait of a worker has a deadline of its own; what is so much overdue will never end. */
const STUCK_AFTER_MS = 300_000;
/** Deadlines between two steps, in `commandTimeoutMs`: a first read has six of them, a connection three. */
const COMMANDS_A_STEP = 10;

/** Tells whether a loop still advances: each step says by when the next one must have come. */
export class Heartbeat {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #allowedMs: number;
  #nextBy = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonic'>, commandTimeoutMs: number) {
    this.#clock = clock;
    this.#allowedMs = commandTimeoutMs * COMMANDS_A_STEP + STUCK_AFTER_MS;
  }

  /** A step was made; the next one may rest for `restMs` before it. */
  step(restMs = 0): void {
    this.#nextBy = this.#clock.monotonic() + restMs + this.#allowedMs;
  }

  /** Nothing is under way: no step is awaited until the next one. */
  rest(): void {
    this.#nextBy = Number.POSITIVE_INFINITY;
  }

  /** True when the next step has not come in time; never before the first. */
  get isOverdue(): boolean {
    return this.#clock.monotonic() > this.#nextBy;
  }
}
