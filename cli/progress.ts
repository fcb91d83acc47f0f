import type { Io } from './invocation.ts';

/** Where progress is shown. */
export type ProgressIo = Pick<Io, 'stdout' | 'isTerminal'>;

/** Steps as they come: on a terminal one line that is rewritten, on a pipe a line a step. Without `io` it only counts. */
export class Progress {
  told = 0;
  readonly #io: ProgressIo | null;

  constructor(io: ProgressIo | null) {
    this.#io = io;
  }

  step(line: string): void {
    this.told += 1;
    if (this.#io === null) return;
    // CSI K: erase to the end of the line (ECMA-48 §8.3.41).
    this.#io.stdout.write(this.#io.isTerminal ? `\r${line}\u001b[K` : `${line}\n`);
  }

  end(): void {
    if (this.#io?.isTerminal === true && this.told > 0) this.#io.stdout.write('\n');
  }
}
