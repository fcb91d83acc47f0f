import { AppError } from '../../../schemas/app-error.ts';
import type { Row } from '../../core/row.ts';
import type { Command, Reply } from '../../ports.ts';
import type { ReplySentence } from './reply.ts';
import { trapError } from './traps.ts';
import type { Delay } from './transport.ts';

/** What one reply may weigh. 185 000 rows is the largest address-list that the field has reported (mktxp #285). */
export interface ReplyLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

export const REPLY_LIMITS: ReplyLimits = { maxRows: 500_000, maxBytes: 256 << 20 };

/** One command in flight, from its sentence to its `!done`. It settles once; later calls change nothing. */
export class Exchange {
  readonly command: Command;
  readonly reply: Promise<Reply>;
  readonly #limits: ReplyLimits;
  readonly #onRow: ((row: Row) => void) | null;
  readonly #after: Delay;
  #resolve!: (reply: Reply) => void;
  #reject!: (error: AppError) => void;
  #rows: Row[] = [];
  #bytes = 0;
  #rowCount = 0;
  #trap: AppError | null = null;
  /** Why we cancelled it; told instead of the router's `interrupted`. */
  #cancelReason: AppError | null = null;
  #disarm: () => void = () => undefined;
  #unlisten: () => void = () => undefined;

  constructor(command: Command, limits: ReplyLimits, onRow: ((row: Row) => void) | null, after: Delay) {
    this.command = command;
    this.#limits = limits;
    this.#onRow = onRow;
    this.#after = after;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isCancelled(): boolean {
    return this.#cancelReason !== null;
  }

  cancelledFor(reason: AppError): void {
    this.#cancelReason ??= reason;
  }

  /** Replaces the exchange's one timer: first its deadline, then the grace after `/cancel`. */
  armTimer(ms: number, onTime: () => void): void {
    this.#disarm();
    this.#disarm = this.#after(ms, onTime);
  }

  onAbort(signal: AbortSignal, listener: () => void): void {
    signal.addEventListener('abort', listener, { once: true });
    this.#unlisten = () => {
      signal.removeEventListener('abort', listener);
    };
  }

  /** Takes a `!re`; the error, once, when the reply has outgrown its limits. */
  addRow(sentence: ReplySentence): AppError | null {
    if (this.#onRow !== null) {
      if (!this.isCancelled) this.#onRow(sentence.attributes);
      return null;
    }
    if (this.isCancelled) return null;
    this.#rowCount += 1;
    for (const [name, value] of sentence.attributes) this.#bytes += name.length + value.length;
    if (this.#rowCount <= this.#limits.maxRows && this.#bytes <= this.#limits.maxBytes) {
      this.#rows.push(sentence.attributes);
      return null;
    }
    this.#rows = [];
    return new AppError('driver-limit', `${this.command.path}: the reply outgrew ${this.#rowCount - 1} rows`, {
      retryable: false,
      remedy: 'Read the menu with a shorter .proplist or a query.',
    });
  }

  /** Takes a `!trap`. The first one is the cause, and it counts only with the `!done` that follows. */
  addTrap(sentence: ReplySentence): void {
    this.#trap ??= trapError(
      this.command.path,
      sentence.attributes.get('message') ?? sentence.text,
      sentence.attributes.get('category'),
      Object.values(this.command.attributes ?? {}),
    );
  }

  /**
   * Takes the `!done`. A cancelled command never resolves, even when no trap came: its rows may be a part only, and what a
   * write did has to be read again anyway. A trap of its own (not `interrupted`) still says more than our cancel.
   */
  finish(ret: string | null): void {
    const isCut = this.#trap === null || this.#trap.code === 'router-interrupted';
    if (this.#cancelReason !== null && isCut) this.fail(this.#cancelReason);
    else if (this.#trap !== null) this.fail(this.#trap);
    else {
      this.#release();
      this.#resolve({ rows: this.#rows, ret });
    }
  }

  fail(error: AppError): void {
    this.#release();
    this.#rows = [];
    this.#reject(error);
  }

  #release(): void {
    this.#disarm();
    this.#unlisten();
  }
}
