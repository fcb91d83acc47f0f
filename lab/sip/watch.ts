/** Lets a test wait for something to become true, with a deadline and without polling. */
export class Watch {
  readonly #looks = new Set<() => void>();

  /** Something has changed: whoever waits looks again. */
  changed(): void {
    for (const look of this.#looks) look();
  }

  /** What `look` finds, as soon as it finds something; rejects after `timeoutMs`, saying what was waited for. */
  until<Found>(what: string, look: () => Found | null, timeoutMs: number): Promise<Found> {
    const found = look();
    if (found !== null) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const again = (): void => {
        const now = look();
        if (now === null) return;
        clearTimeout(timer);
        this.#looks.delete(again);
        resolve(now);
      };
      const timer = setTimeout(() => {
        this.#looks.delete(again);
        reject(new Error(`no ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#looks.add(again);
    });
  }
}
