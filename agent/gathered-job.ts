/**
 * A job that never runs beside itself: whatever asks for it meanwhile is gathered into one more run. No question is lost,
 * at whatever moment it comes.
 */
export class GatheredJob {
  readonly #job: () => Promise<void>;
  readonly #onFailed: (error: unknown) => void;
  #done: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isDue = false;
  #isStopped = false;

  /** `onFailed` is told what the job rejected with; it runs again when it is asked to. */
  constructor(job: () => Promise<void>, onFailed: (error: unknown) => void) {
    this.#job = job;
    this.#onFailed = onFailed;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Asks for a run that begins after now. */
  ask(): void {
    this.#isDue = true;
    if (this.#isStopped || this.#isRunning) return;
    this.#isRunning = true;
    this.#done = this.#run();
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      try {
        await this.#job();
      } catch (error) {
        this.#onFailed(error);
      }
    }
    // In one turn with the last look: who asks from now on begins a run, and nobody asks between the two.
    this.#isRunning = false;
  }
}
