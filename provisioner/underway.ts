import type { Clock } from './ports.ts';

/** What the process has begun, and by when each must have ended: a promise that never settles stops nobody else. */
export class Underway {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #dueBy = new Map<symbol, { readonly what: string; readonly at: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Does `work`, and calls it overdue from `withinMs` on until it has ended, whichever way. */
  async watch<Result>(what: string, withinMs: number, work: () => Promise<Result>): Promise<Result> {
    const mine = Symbol(what);
    this.#dueBy.set(mine, { what, at: this.#clock.monotonic() + withinMs });
    try {
      return await work();
    } finally {
      this.#dueBy.delete(mine);
    }
  }

  /** What should have ended. */
  get overdue(): readonly string[] {
    const now = this.#clock.monotonic();
    return [...this.#dueBy.values()].filter(({ at }) => now > at).map(({ what }) => what);
  }
}
