import type { LabClock } from '../../lab/clock.ts';

/** Midday of an ordinary day; histories begin here. */
const START = Date.UTC(2026, 2, 10, 12);

interface Due {
  readonly when: number;
  readonly run: () => void;
}

/** Time that stands still until somebody moves it on, for the lab and the agent alike. */
export class VirtualClock implements LabClock {
  #now = 0;
  readonly #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return START + this.#now;
  }

  at(when: number, run: () => void): () => void {
    const due = { when, run };
    this.#due.add(due);
    return () => this.#due.delete(due);
  }

  /** When the next timer is due, or null. Of those due together the oldest is the next. */
  get next(): number | null {
    return this.#first()?.when ?? null;
  }

  /** Moves on to the next timer, if it is due by `until`, and runs it. False: none is. */
  step(until: number): boolean {
    const first = this.#first();
    if (first === null || first.when > until) return false;
    this.#due.delete(first);
    this.#now = Math.max(this.#now, first.when);
    first.run();
    return true;
  }

  /** Moves on to a moment before which nothing is due. */
  rest(until: number): void {
    this.#now = Math.max(this.#now, until);
  }

  #first(): Due | null {
    let first: Due | null = null;
    for (const due of this.#due) if (first === null || due.when < first.when) first = due;
    return first;
  }
}
