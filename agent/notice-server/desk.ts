import type pino from 'pino';
import { describeError } from '../../schemas/app-error.ts';
import { maskUrl } from '../../schemas/mask-url.ts';
import type { ListenerState } from '../core/settings.ts';
import { Backoff } from '../link.ts';
import type { Clock, NoticeDesk } from '../ports.ts';
import { NoticeBook, type RouterPages } from './book.ts';
import { openNoticeListener, type ListenerOptions, type NoticeListener } from './listener.ts';

/** Sources without a page that are remembered, and for how long: one of them may be a router that masks subscribers. */
const STRANGERS = 64;
const STRANGER_MS = 600_000;

export interface DeskDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
  readonly addressOf?: ListenerOptions['addressOf'];
  /** What opens the listener; left out: a real socket. */
  readonly open?: typeof openNoticeListener;
  /** Told when the listener comes up or goes down. */
  readonly onTurn?: () => void;
}

/** Where the listener stands. */
export type ListenAt = Pick<ListenerOptions, 'host' | 'port'>;

/** The page server of one agent: the book of pages, and a listener that is opened again whenever it could not be, or fails. */
export class NoticeServer implements NoticeDesk {
  readonly book = new NoticeBook();
  readonly #deps: DeskDeps;
  readonly #strangers = new Map<string, number>();
  #state: ListenerState = { kind: 'down', detail: 'agent.notices.server is not configured' };
  #at: ListenAt | null = null;
  #port: number | null = null;
  #stop: AbortController | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** Listens there from now on, or nowhere (null). Resolves after the first try, well or not. */
  async listen(at: ListenAt | null): Promise<void> {
    if (at?.host === this.#at?.host && at?.port === this.#at?.port) return;
    await this.close();
    this.#at = at;
    if (at === null) return;
    const stop = new AbortController();
    this.#stop = stop;
    await new Promise<void>((tried) => {
      this.#done = this.#keepOpen(at, stop.signal, tried);
    });
  }

  /** The port it listens on, or null. */
  get port(): number | null {
    return this.#port;
  }

  listener(): ListenerState {
    return this.#state;
  }

  publish(router: string, pages: RouterPages): void {
    this.book.publish(router, pages);
  }

  strangeSources(): readonly string[] {
    const since = this.#deps.clock.monotonic() - STRANGER_MS;
    for (const [source, at] of this.#strangers) if (at < since) this.#strangers.delete(source);
    return [...this.#strangers.keys()];
  }

  async close(): Promise<void> {
    this.#stop?.abort();
    await this.#done;
    this.#at = null;
    this.#turn({ kind: 'down', detail: 'agent.notices.server is not configured' });
  }

  async #keepOpen(at: ListenAt, signal: AbortSignal, tried: () => void): Promise<void> {
    const { clock, log, addressOf, open = openNoticeListener } = this.#deps;
    const backoff = new Backoff(this.#deps.random);
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    while (!signal.aborted) {
      let listener: NoticeListener | null = null;
      try {
        listener = await open({
          ...at,
          find: (source) => this.book.find(source),
          onAnswer: (source, url) => {
            this.#note(source, url);
          },
          ...(addressOf === undefined ? {} : { addressOf }),
        });
        backoff.reset();
        this.#port = listener.port;
        this.#turn({ kind: 'listening' });
        log.info({ host: at.host, port: listener.port }, 'notice server listens');
        tried();
        const failure = await Promise.race([listener.failed, stopped]);
        if (failure !== undefined) throw failure;
      } catch (error) {
        this.#turn({ kind: 'down', detail: describeError(error) });
        log.error({ error: describeError(error) }, 'notice server does not listen');
        tried();
        await clock.sleep(backoff.delay(true), signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      } finally {
        this.#port = null;
        await listener?.close();
      }
    }
  }

  #turn(state: ListenerState): void {
    const isNews = state.kind !== this.#state.kind;
    this.#state = state;
    if (isNews) this.#deps.onTurn?.();
  }

  #note(source: string, url: string | null): void {
    this.#deps.log.debug({ source, url: url === null ? null : maskUrl(url) }, 'notice page asked for');
    if (url !== null) return;
    this.#strangers.delete(source);
    this.#strangers.set(source, this.#deps.clock.monotonic());
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size > STRANGERS && oldest !== undefined) this.#strangers.delete(oldest);
  }
}
