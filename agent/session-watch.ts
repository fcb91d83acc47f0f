import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import { underEither } from '../schemas/either-signal.ts';
import { SESSION_MENUS, type SessionMenu } from './core/sessions/usage.ts';
import type { IsNews } from './core/sessions/news.ts';
import type { Clock, Listening, RouterSession } from './ports.ts';

/** Sessions come in swarms (a reboot, an access concentrator back): so long is waited for more before a look. */
const GATHER_MS = 200;
/** Looks that changes of sessions cause are at least so far apart; what comes between them is seen by the next. */
const APART_MS = 2000;
/** Nor do they take more than one part in so many of the router's time. */
const SHARE = 5;

export interface SessionWatchDeps {
  readonly router: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: pino.Logger;
  /** Asks for a full pass. */
  readonly onNews: () => void;
}

/**
 * Hears by `listen` of PPP sessions and leases that come and go, and asks for a pass: a hint, never the truth. RouterOS
 * acknowledges a `listen` by nothing, and some refuse it or fall silent; then the next pass in turn finds what changed. It
 * lives as long as one session: after a reconnect a new one is made.
 */
export class SessionWatch {
  readonly #deps: SessionWatchDeps;
  readonly #session: RouterSession;
  readonly #ended = new AbortController();
  #isNews: IsNews = () => false;
  #listening: Promise<readonly Listening[]> | null = null;
  #isDue = false;
  #notBefore = 0;
  #waiting: Promise<void> | null = null;

  constructor(session: RouterSession, deps: SessionWatchDeps) {
    this.#session = session;
    this.#deps = deps;
  }

  /**
   * After each pass: what is news compared with what it read, or null when no subscriber is known by a name or a MAC.
   * `tookMs` is how long the pass took.
   */
  async follow(isNews: IsNews | null, tookMs: number): Promise<void> {
    this.#notBefore = this.#deps.clock.monotonic() + Math.max(APART_MS, tookMs * SHARE);
    this.#isNews = isNews ?? ((): boolean => false);
    if (isNews === null) await this.#unlisten();
    else this.#listening ??= this.#listen();
    await this.#listening;
  }

  /** Starts nothing more. The session's end is the end of what it listens to. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#waiting;
  }

  async #listen(): Promise<readonly Listening[]> {
    const started: Listening[] = [];
    for (const menu of SESSION_MENUS) {
      try {
        started.push(
          await this.#session.listen(menu, (row) => {
            if (this.#isNews(menu, row)) this.#hear();
          }),
        );
      } catch (error) {
        this.#note(menu, error);
      }
    }
    // What changed between the last read and now was not heard.
    this.#hear();
    return started;
  }

  async #unlisten(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    if (listening !== null) await Promise.all((await listening).map((one) => one.stop()));
  }

  #hear(): void {
    this.#isDue = true;
    if (this.#ended.signal.aborted) return;
    this.#waiting ??= this.#gather().finally(() => {
      this.#waiting = null;
    });
  }

  async #gather(): Promise<void> {
    const { clock, signal, onNews } = this.#deps;
    const restMs = Math.max(GATHER_MS, this.#notBefore - clock.monotonic());
    try {
      await underEither(signal, this.#ended.signal, (either) => clock.sleep(restMs, either));
    } catch (error) {
      if (!signal.aborted && !this.#ended.signal.aborted) throw error;
      return;
    }
    if (!this.#isDue) return;
    this.#isDue = false;
    onNews();
  }

  /** A hint that cannot be had is no failure: passes go on in their turn. */
  #note(menu: SessionMenu, error: unknown): void {
    this.#deps.log.debug({ router: this.#deps.router, menu, error: describeError(error) }, 'listen not possible');
  }
}
