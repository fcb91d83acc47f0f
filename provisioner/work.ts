import { describeError } from '../schemas/app-error.ts';
import type { PhoneWork } from '../store/phone-ports.ts';
import { runResync } from './resync.ts';
import { runValidate } from './validate.ts';
import { Wake } from './wake.ts';
import type { WorkDeps } from './work-turn.ts';

/** After a failure of ours (the store was busy) it is tried again so late. */
const AGAIN_MS = 1_000;

interface Task {
  /** As it was last read: the extension may be another one meanwhile. */
  work: PhoneWork;
  /** What it is about was deleted, and the operation ended with it. */
  isGone: boolean;
  readonly wake: Wake;
  done: Promise<void>;
}

/** Runs what people asked for: validate a key, resync a phone. One task each; after a crash they begin anew. */
export class Work {
  readonly #deps: WorkDeps;
  readonly #tasks = new Map<string, Task>();

  constructor(deps: WorkDeps) {
    this.#deps = deps;
  }

  get isBusy(): boolean {
    return this.#tasks.size > 0;
  }

  /** Reads what is open, begins what is new and wakes what waits. */
  async refresh(): Promise<void> {
    const { store, clock, signal, underway, stepMs } = this.#deps;
    const open = await underway.watchPart('open work', stepMs(), () => store.openWork());
    const names = new Set(open.map(({ operation }) => operation));
    for (const [operation, task] of this.#tasks) if (!names.has(operation)) task.isGone = true;
    for (const work of open) {
      const { operation } = work;
      const running = this.#tasks.get(operation);
      if (running !== undefined) running.work = work;
      if (running !== undefined || signal.aborted) continue;
      const task: Task = { work, isGone: false, wake: new Wake(clock, signal), done: Promise.resolve() };
      this.#tasks.set(operation, task);
      task.done = this.#run(task).finally(() => this.#tasks.delete(operation));
    }
    this.wake();
  }

  /** Everybody looks again: a phone fetched, the configuration changed. */
  wake(): void {
    for (const { wake } of this.#tasks.values()) wake.now();
  }

  /** Resolves when every task has ended, after the signal fired. */
  async ended(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map(({ done }) => done));
  }

  async #run(task: Task): Promise<void> {
    const { clock, signal, log, underway, stepMs } = this.#deps;
    const isEnding = (): boolean => signal.aborted;
    const memory = { pushedAt: null };
    while (!isEnding() && !task.isGone) {
      const { work, wake } = task;
      try {
        const turn = await underway.watch(`operation ${work.operation}`, stepMs(), () =>
          work.kind === 'validate' ? runValidate(this.#deps, work) : runResync(this.#deps, work, memory),
        );
        if (turn.kind === 'ended') return;
        await wake.wait(turn.until);
      } catch (error) {
        if (isEnding()) return;
        log.error({ operation: work.operation, error: describeError(error) }, 'work failed, tried again');
        await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
      }
    }
  }
}
