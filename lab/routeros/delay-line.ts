import type { LabClock } from '../clock.ts';

/** Things that happen a while later, in the order they were put in, on one timer. */
export class DelayLine {
  readonly #clock: LabClock;
  readonly #waiting: { when: number; run: () => void }[] = [];
  #cancelTimer: (() => void) | null = null;

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  add(when: number, run: () => void): void {
    if (this.#waiting.length === 0 && when <= this.#clock.now()) {
      run();
      return;
    }
    this.#waiting.push({ when, run });
    this.#cancelTimer ??= this.#schedule();
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #schedule(): (() => void) | null {
    const [next] = this.#waiting;
    if (next === undefined) return null;
    return this.#clock.at(next.when, () => {
      let first = this.#waiting[0];
      while (first !== undefined && first.when <= this.#clock.now()) {
        this.#waiting.shift();
        first.run();
        first = this.#waiting[0];
      }
      this.#cancelTimer = this.#schedule();
    });
  }
}
