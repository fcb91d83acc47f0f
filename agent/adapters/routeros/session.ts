import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { Row } from '../../core/row.ts';
import type { Command, CommandOptions, Listening, Reply, RouterSession } from '../../ports.ts';
import { Exchange, REPLY_LIMITS, type ReplyLimits } from './exchange.ts';
import { SharedTexts } from './shared-texts.ts';
import { commandWords, parseReply, type ReplySentence } from './reply.ts';
import { delayByTimer, type Delay } from './transport.ts';

/** What carries sentences; both drivers are one of these. */
export interface Link {
  /** Writes one sentence. Throws `driver-limit` for what it cannot carry, with nothing written. */
  send(tag: string, words: readonly string[]): void;
  /** The command with this tag is over; its replies need no ear. */
  forget(tag: string): void;
  /** Ends the connection at once. */
  destroy(): void;
  /** Ends it politely, then at once; resolves when the socket is closed. */
  close(): Promise<void>;
}

export interface TaggedSessionOptions {
  /** Deadline of a command that names none, ms. */
  readonly commandTimeoutMs: number;
  readonly onUnknownWord?: ((word: string) => void) | undefined;
  readonly replyLimits?: ReplyLimits;
  /** What deadlines are measured with; this machine's timers when left out. */
  readonly after?: Delay;
}

/** Commands in flight on one session. Callers keep a window of 16; this only stops a caller that forgot to. */
export const MAX_PENDING = 4096;

/**
 * How long a cancelled command may take to end, ms; then the router counts as mute. A command with a short deadline gets
 * that deadline, but not less than Nagle and a delayed ACK (40 ms each) and a slow link need.
 */
const CANCEL_GRACE_MS = { longest: 1000, shortest: 250 };

/**
 * The tags of one connection: which command each belongs to, its deadline and its end. It never touches a socket. Every
 * command settles: with its reply, by its deadline, or when the connection ends, whichever comes first.
 */
export class TaggedSession implements RouterSession {
  readonly closed: Promise<AppError>;
  readonly #shared = new SharedTexts();
  readonly #link: Link;
  readonly #options: TaggedSessionOptions;
  readonly #exchanges = new Map<string, Exchange>();
  #resolveClosed!: (reason: AppError) => void;
  #closedFor: AppError | null = null;
  #nextTag = 1;

  constructor(link: Link, options: TaggedSessionOptions) {
    this.#link = link;
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get isOpen(): boolean {
    return this.#closedFor === null;
  }

  run(command: Command, options: CommandOptions = {}): Promise<Reply> {
    const timeoutMs = options.timeoutMs ?? this.#options.commandTimeoutMs;
    const started = this.#start(command, options.signal, graceOf(timeoutMs), null);
    if (started instanceof AppError) return Promise.reject(started);
    const { tag, exchange } = started;
    exchange.armTimer(timeoutMs, () => {
      this.#cancel(tag, exchange, timedOut(command.path, timeoutMs), graceOf(timeoutMs));
    });
    return exchange.reply;
  }

  /**
   * Resolves as soon as the sentence is written: RouterOS acknowledges a `listen` by nothing. A menu that refuses it stays
   * silent here; a listen is a hint, and polling is the truth.
   */
  async listen(menu: string, onRow: (row: Row) => void, options: CommandOptions = {}): Promise<Listening> {
    const graceMs = graceOf(options.timeoutMs ?? this.#options.commandTimeoutMs);
    const started = this.#start({ path: `${menu}/listen` }, options.signal, graceMs, onRow);
    if (started instanceof AppError) throw started;
    const { tag, exchange } = started;
    const ended = exchange.reply.then(
      () => undefined,
      () => undefined,
    );
    return Promise.resolve({
      stop: () => {
        this.#cancel(tag, exchange, aborted(`${menu}/listen`), graceMs);
        return ended;
      },
    });
  }

  async close(): Promise<void> {
    this.#end(aborted('the session'));
    await this.#link.close();
  }

  /** For the link: one whole sentence came. */
  receive(words: readonly string[]): void {
    if (!this.isOpen) return;
    try {
      this.#dispatch(parseReply(words, this.#shared));
    } catch (error) {
      this.fail(new AppError('internal', `A listener of router rows threw: ${describeError(error)}`, { cause: error }));
    }
  }

  /** For the link: the connection is lost or no longer understood. Everything pending ends with `reason`. */
  fail(reason: AppError): void {
    this.#end(reason);
    this.#link.destroy();
  }

  #dispatch(reply: ReplySentence): void {
    const exchange = reply.tag === null ? undefined : this.#exchanges.get(reply.tag);
    switch (reply.word) {
      case '!re': {
        const overflow = exchange?.addRow(reply) ?? null;
        if (overflow !== null && exchange !== undefined && reply.tag !== null) {
          this.#cancel(reply.tag, exchange, overflow, CANCEL_GRACE_MS.longest);
        }
        return;
      }
      case '!trap':
        exchange?.addTrap(reply);
        return;
      case '!done':
        if (exchange === undefined || reply.tag === null) return;
        this.#drop(reply.tag);
        exchange.finish(reply.attributes.get('ret') ?? null);
        return;
      case '!empty':
        return;
      case '!fatal':
        this.fail(fatal(reply));
        return;
      default:
        this.#options.onUnknownWord?.(reply.word);
    }
  }

  #start(
    command: Command,
    signal: AbortSignal | undefined,
    graceMs: number,
    onRow: ((row: Row) => void) | null,
  ): { readonly tag: string; readonly exchange: Exchange } | AppError {
    if (this.#closedFor !== null) return closedBefore(command.path, this.#closedFor);
    if (signal?.aborted === true) return aborted(command.path);
    if (this.#exchanges.size >= MAX_PENDING) {
      return new AppError('driver-limit', `${command.path}: ${MAX_PENDING} commands are in flight already`);
    }
    const tag = String(this.#nextTag++);
    const { replyLimits = REPLY_LIMITS, after = delayByTimer } = this.#options;
    const exchange = new Exchange(command, replyLimits, onRow, after);
    try {
      this.#link.send(tag, commandWords(command, tag));
    } catch (error) {
      if (error instanceof AppError) return error;
      return new AppError('router-closed', `${command.path}: ${describeError(error)}`, { cause: error });
    }
    this.#exchanges.set(tag, exchange);
    if (signal !== undefined) {
      exchange.onAbort(signal, () => {
        this.#cancel(tag, exchange, aborted(command.path), graceMs);
      });
    }
    return { tag, exchange };
  }

  /**
   * `/cancel` with the command's own tag (a bare one would stop every command); it answers under a tag nobody waits for. A
   * router that then stays mute has a hung connection (seen on 7.22.1): only a new one helps.
   */
  #cancel(tag: string, exchange: Exchange, reason: AppError, graceMs: number): void {
    if (exchange.isCancelled || this.#exchanges.get(tag) !== exchange) return;
    exchange.cancelledFor(reason);
    const cancelTag = `c${tag}`;
    exchange.armTimer(graceMs, () => {
      this.#drop(tag);
      exchange.fail(reason);
      this.fail(new AppError('router-closed', `The router stopped answering: ${reason.message}`, { cause: reason }));
    });
    try {
      this.#link.send(cancelTag, ['/cancel', `=tag=${tag}`, `.tag=${cancelTag}`]);
    } catch (error) {
      this.fail(new AppError('router-closed', `/cancel: ${describeError(error)}`, { cause: error }));
    }
  }

  #drop(tag: string): void {
    this.#exchanges.delete(tag);
    this.#link.forget(tag);
  }

  #end(reason: AppError): void {
    if (this.#closedFor !== null) return;
    this.#closedFor = reason;
    const pending = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const exchange of pending) exchange.fail(reason);
    this.#resolveClosed(reason);
  }
}

function graceOf(timeoutMs: number): number {
  return Math.max(CANCEL_GRACE_MS.shortest, Math.min(CANCEL_GRACE_MS.longest, timeoutMs));
}

function aborted(what: string): AppError {
  return new AppError('aborted', `${what} was stopped by us`);
}

function closedBefore(path: string, reason: AppError): AppError {
  const code = reason.code === 'aborted' ? 'aborted' : 'router-closed';
  return new AppError(code, `${path}: the session has ended: ${reason.message}`, { cause: reason });
}

function timedOut(path: string, timeoutMs: number): AppError {
  return new AppError('router-timeout', `${path}: no answer within ${timeoutMs} ms`, {
    remedy: 'The router is busy or hung: look at its CPU, or raise agent.commandTimeoutSeconds.',
  });
}

function fatal(reply: ReplySentence): AppError {
  const text = reply.attributes.get('message') ?? reply.text;
  return new AppError('router-fatal', `The router ended the session: ${text === '' ? 'no reason given' : text}`);
}
