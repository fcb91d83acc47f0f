import type pino from 'pino';
import { describeError } from '../../schemas/app-error.ts';
import { placeOf, type ListenerState, type Place } from '../core/settings.ts';
import { Backoff } from '../link.ts';
import type { Clock } from '../ports.ts';
import type { ListenerOptions, NoticeListener, openNoticeListener } from './listener.ts';

/** Where the listener stands. `address` is where routers lead subscribers to; the host if left out. */
export type ListenAt = Pick<ListenerOptions, 'host' | 'port'> & { readonly address?: string | undefined };

export interface KeptListenerDeps extends Pick<ListenerOptions, 'find' | 'onAnswer' | 'addressOf'> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
  /** What opens the listener. */
  readonly open: typeof openNoticeListener;
  /** Told when the listener comes up or goes down. */
  readonly onTurn: () => void;
  /** Ends what else of ours has the port; gives what opens it again, or null where nothing was in the way. */
  readonly makeRoom: () => Promise<(() => Promise<void>) | null>;
}

/** A listener at one place, opened again whenever it could not be, or fails. */
export class KeptListener {
  readonly at: ListenAt;
  readonly #deps: KeptListenerDeps;
  readonly #stop = new AbortController();
  readonly #places = new Set<string>();
  #place: Place;
  #state: Exclude<ListenerState, { kind: 'unknown' }> = { kind: 'down', detail: 'not opened yet' };
  #port: number | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(at: ListenAt, deps: KeptListenerDeps) {
    this.at = at;
    this.#deps = deps;
    this.#place = this.ledToAt(at.address);
  }

  /** Resolves after the first try, well or not. */
  start(): Promise<void> {
    return new Promise((tried) => {
      this.#done = this.#keepOpen(tried);
    });
  }

  /** Resolves when the port is free. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  get state(): Exclude<ListenerState, { kind: 'unknown' }> {
    return this.#state;
  }

  /** The port it listens on, or null. */
  get port(): number | null {
    return this.#port;
  }

  /** Where routers are to lead subscribers to. */
  get place(): Place {
    return this.#place;
  }

  isLedToBy(places: ReadonlySet<string>): boolean {
    return [...this.#places].some((place) => places.has(place));
  }

  /** Subscribers come by this address from now on; those who are led by an earlier one are met all the same. */
  ledToAt(address: string | undefined): Place {
    this.#place = { address: address ?? this.at.host, port: this.at.port };
    this.#places.add(placeOf(this.#place));
    return this.#place;
  }

  async #keepOpen(tried: () => void): Promise<void> {
    const { clock, random, log } = this.#deps;
    const { signal } = this.#stop;
    const backoff = new Backoff(random);
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    while (!signal.aborted) {
      let listener: NoticeListener | null = null;
      try {
        listener = await this.#open();
        backoff.reset();
        this.#port = listener.port;
        this.#turn({ kind: 'listening' });
        log.info({ host: this.at.host, port: listener.port }, 'notice server listens');
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

  async #open(): Promise<NoticeListener> {
    const { find, onAnswer, addressOf, makeRoom, open } = this.#deps;
    const options = {
      host: this.at.host,
      port: this.at.port,
      find,
      ...(onAnswer === undefined ? {} : { onAnswer }),
      ...(addressOf === undefined ? {} : { addressOf }),
    };
    try {
      return await open(options);
    } catch (error) {
      const back = isPortTaken(error) ? await makeRoom() : null;
      if (back === null) throw error;
      try {
        return await open(options);
      } catch (again) {
        await back();
        throw again;
      }
    }
  }

  #turn(state: Exclude<ListenerState, { kind: 'unknown' }>): void {
    const isNews = state.kind !== this.#state.kind;
    this.#state = state;
    if (isNews) this.#deps.onTurn();
  }
}

function isPortTaken(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'EADDRINUSE'
  );
}
