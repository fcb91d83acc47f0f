import { AppError } from '../../schemas/app-error.ts';
import type { ListenerOptions, NoticeListener } from '../../agent/notice-server/listener.ts';

/** Where routers lead the subscribers of the notice-server back-end to; in no network of theirs. */
export const LISTENER = { address: '198.51.100.99', port: 8480 } as const;
/** The routers' own address in the network of the page server: what goes there is not masqueraded. */
export const LISTENER_NETWORK = '198.51.100.97/28';
/** What somebody gets there who has no page. */
export const RELOAD = '503';

interface Opened {
  readonly find: ListenerOptions['find'];
  readonly fail: (error: Error) => void;
}

/** The port of the page server, without a socket: one process at a time listens there, and another program may take it. */
export class ListenerPlace {
  readonly #onOpen: () => void;
  #opened: Opened | null = null;
  #isTaken = false;

  /** `onOpen`: from this moment on subscribers get pages there. */
  constructor(onOpen: () => void) {
    this.#onOpen = onOpen;
  }

  get isOpen(): boolean {
    return this.#opened !== null;
  }

  /** What an agent opens its listener with. */
  open({ host, port, find }: ListenerOptions): Promise<NoticeListener> {
    if (this.#isTaken || this.#opened !== null)
      return Promise.reject(
        new AppError('listen-failed', `cannot listen for subscribers at ${host}:${port}: EADDRINUSE`),
      );
    let opened: Opened | null = null;
    const failed = new Promise<Error>((resolve) => {
      this.#opened = opened = { find, fail: resolve };
    });
    const close = (): Promise<void> => {
      if (this.#opened === opened) this.#opened = null;
      return Promise.resolve();
    };
    this.#onOpen();
    return Promise.resolve({ port, refused: 0, failed, close });
  }

  /** Where it leads who comes from this address; null when nobody listens. */
  pageOf(source: string): string | null {
    return this.#opened === null ? null : (this.#opened.find(source)?.url ?? RELOAD);
  }

  /** The socket fails, and something else has the port until it is freed. */
  take(): void {
    this.#isTaken = true;
    this.#opened?.fail(new Error('the lab took the port'));
    this.#opened = null;
  }

  free(): void {
    this.#isTaken = false;
  }

  /** The process that listened is gone. */
  vacate(): void {
    this.#opened = null;
  }
}
