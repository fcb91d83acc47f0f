import { paceAfter } from './core/pace.ts';

/**
 * How many commands may be in flight: at most `max`, shrunk so that the work in flight stays under `budgetMs`, and further
 * while the router's CPU is busy. Grows by one after each quick answer, halves after a slow one: the router sets the pace.
 */
export class Window {
  readonly #max: number;
  readonly #budgetMs: number;
  #size: number;
  /** What the router's CPU load allows. */
  #allowed: number;

  constructor(max: number, budgetMs: number) {
    this.#max = max;
    this.#budgetMs = budgetMs;
    this.#size = max;
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
    if (ms > this.#budgetMs) this.#size = Math.max(1, Math.floor(this.#size / 2));
    else if (this.#size < this.#max) this.#size += 1;
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
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (const item of items) {
    while (running.size >= window.size && failures.length === 0) await Promise.race(running);
    if (failures.length > 0) break;
    const task: Promise<void> = work(item).then(
      () => {
        running.delete(task);
      },
      (error: unknown) => {
        running.delete(task);
        failures.push(error);
      },
    );
    running.add(task);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
