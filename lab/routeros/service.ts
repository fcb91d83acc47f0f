import type { LabClock } from '../clock.ts';

/** What the router's work and the way to it cost, in milliseconds. All zero by default, so that tests run fast. */
export interface Costs {
  /** From the client to the router, and the same back. */
  readonly oneWayMs: number;
  /** A write of any kind; a write to n rows counts once. */
  readonly writeMs: number;
  /** A `get`, `find`, `monitor` or login, whatever the size of the table. */
  readonly readMs: number;
  /** A `print` costs this for every row of the whole table, filtered or not (oxidns #189: about 0.18 ms). */
  readonly printRowMs: number;
}

export const NO_COSTS: Costs = { oneWayMs: 0, writeMs: 0, readMs: 0, printRowMs: 0 };

/** RouterOS prints its CPU load over about a second. */
const LOAD_MS = 1000;

/** A piece of work: `begin` is asked for its cost when its turn comes, `run` is called when that time has passed. */
export interface Job {
  readonly begin: () => number;
  readonly run: (finishedAt: number) => void;
}

/**
 * One command at a time over all sessions. Times are reckoned, not measured: a job ends where the one before it ended
 * plus its own cost, so that ten thousand jobs of 0.3 ms take 3 s however coarse the timers are.
 */
export class ServiceQueue {
  readonly #clock: LabClock;
  readonly #jobs: { arrivesAt: number; job: Job; finishesAt: number | null }[] = [];
  #busyUntil = 0;
  /** Work done of late, as spans of time. */
  readonly #done: { readonly from: number; readonly to: number }[] = [];
  #cancelTimer: (() => void) | null = null;
  #isPumping = false;

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  submit(arrivesAt: number, job: Job): void {
    this.#jobs.push({ arrivesAt, job, finishesAt: null });
    if (this.#cancelTimer === null && !this.#isPumping) this.#pump();
  }

  /** Forgets all work not yet done. */
  clear(): void {
    this.#jobs.length = 0;
    this.#busyUntil = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Percent of the last second in which it worked. */
  get loadPercent(): number {
    const now = this.#clock.now();
    const since = now - LOAD_MS;
    const busyMs = this.#done.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, now) - Math.max(from, since)),
      0,
    );
    return Math.round((100 * busyMs) / LOAD_MS);
  }

  #note(from: number, to: number): void {
    if (to <= from) return;
    const last = this.#done.at(-1);
    // Back to back is one span: ten thousand writes in a row are few.
    if (last?.to === from) this.#done[this.#done.length - 1] = { from: last.from, to };
    else this.#done.push({ from, to });
    while ((this.#done[0]?.to ?? Infinity) < from - LOAD_MS) this.#done.shift();
  }

  #pump(): void {
    this.#isPumping = true;
    this.#cancelTimer = null;
    for (;;) {
      const next = this.#jobs[0];
      if (next === undefined) break;
      if (next.finishesAt === null) {
        const from = Math.max(this.#busyUntil, next.arrivesAt);
        next.finishesAt = from + next.job.begin();
        this.#note(from, next.finishesAt);
      }
      this.#busyUntil = next.finishesAt;
      if (next.finishesAt > this.#clock.now()) {
        this.#cancelTimer = this.#clock.at(next.finishesAt, () => {
          this.#pump();
        });
        break;
      }
      this.#jobs.shift();
      next.job.run(next.finishesAt);
    }
    this.#isPumping = false;
  }
}
