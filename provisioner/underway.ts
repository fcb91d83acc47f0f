import type { Clock } from './ports.ts';

/** What has done nothing but fail for so long needs more than another try. */
const FAILING_MS = 600_000;

/** What the process has begun, and by when each must have ended: a promise that never settles stops nobody else. */
export class Underway {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #dueBy = new Map<symbol, { readonly what: string; readonly at: number }>();
  /** Parts whose last try failed, since when. */
  readonly #failing = new Map<string, number>();

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

  /** `watch` for a part that everybody leans on: it is overdue too when for ten minutes it has not succeeded once. */
  async watchPart<Result>(part: string, withinMs: number, work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await this.watch(part, withinMs, work);
      this.#failing.delete(part);
      return result;
    } catch (error) {
      if (!this.#failing.has(part)) this.#failing.set(part, this.#clock.monotonic());
      throw error;
    }
  }

  /** What should have ended, or succeeded. */
  get overdue(): readonly string[] {
    const now = this.#clock.monotonic();
    const late = [...this.#dueBy.values()].filter(({ at }) => now > at).map(({ what }) => what);
    const failing = [...this.#failing].filter(([, since]) => now - since > FAILING_MS).map(([part]) => part);
    return [...new Set([...late, ...failing])];
  }
}
