import { paceAfter } from './core/pace.ts';

/** How many are sent before the first answer has told how slow the router is: 60 ms each is half a second. */
const FIRST = 8;

/**
 * How many commands may be in flight: few at first, at most `max`, shrunk so that the work in flight stays under
 * `budgetMs`, and further while the router's CPU is busy. Grows by one after a window of quick answers, halves after a slow one:
 * the router sets the pace.
 */
export class Window {
  readonly #max: number;
  readonly #budgetMs: number;
  #size: number;
  /** Quick answers since it last changed. */
  #quick = 0;
  /** What the router's CPU load allows. */
  #allowed: number;

  constructor(max: number, budgetMs: number) {
    this.#max = max;
    this.#budgetMs = budgetMs;
    this.#size = Math.min(FIRST, max);
    this.#allowed = max;
  }

  get size(): number {
    return Math.min(this.#size, this.#allowed);
  }

  /** Tells the router's CPU load, percent. */
  loaded(percent: number): void {
    this.#allowed = paceAfter(this.#allowed, this.#max, percent);
  }

  /** Tells how long a command took from sending to its answer. */
  answered(ms: number): void {
    if (ms > this.#budgetMs) {
      this.#size = Math.max(1, Math.floor(this.#size / 2));
      this.#quick = 0;
      return;
    }
    this.#quick += 1;
    // Those of one window wait for one another: only when all of it was quick is there room for more.
    if (this.#quick < this.#size) return;
    this.#size = Math.min(this.#max, this.#size + 1);
    this.#quick = 0;
  }
}

/**
 * Runs `work` over the items, never more than `window.size` at a time, in order of start. The first failure stops new
 * starts; what is running ends first, then the failure rejects.
 */
export async function runWindowed<Item>(
  items: readonly Item[],
  window: Window,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  let running = 0;
  let isDrained = false;
  await new Promise<void>((resolve) => {
    const ended = (): void => {
      running -= 1;
      fill();
    };
    const fill = (): void => {
      while (!isDrained && failures.length === 0 && running < window.size) {
        const next = queue.next();
        isDrained = next.done === true;
        if (next.done === true) break;
        running += 1;
        work(next.value).then(ended, (error: unknown) => {
          failures.push(error);
          ended();
        });
      }
      if (running === 0) resolve();
    };
    fill();
  });
  if (failures.length > 0) throw failures[0];
}
