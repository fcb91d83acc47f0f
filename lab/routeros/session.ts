import type { Socket } from 'node:net';
import { BrokenStream, encodeSentence, SentenceReader } from './codec.ts';

export interface SessionEvents {
  /** One sentence from the client. */
  readonly sentence: (session: Session, words: string[]) => void;
  readonly ended: (session: Session) => void;
}

/** Bytes a client may have pending before it logged in; a real router limits number and size too (inferred). */
const BEFORE_LOGIN = 4096;

/** One API connection: bytes in, sentences out, and the ways it may go wrong. Knows nothing of commands. */
export class Session {
  user: string | null = null;
  /** Wall time of the login. */
  loggedInAt = 0;
  /** The service it came in by. */
  service: 'api' | 'api-ssl' = 'api';
  challenge: string | null = null;
  /** Commands under way that `/cancel` may stop, by tag (null: sent without one). */
  readonly running = new Map<string | null, () => void>();
  /** Ends the streams of a connection that is gone. Commands received before are still served, as a router would. */
  readonly streams = new Map<string | null, () => void>();
  readonly #socket: Duplexed;
  readonly #raw: Socket;
  #text = '';
  #isFlushing = false;
  #isMute = false;
  #isOver = false;

  /** `raw` is the TCP socket below `socket` where that one is TLS: only TCP can be reset. */
  constructor(socket: Duplexed, raw: Socket, events: SessionEvents) {
    this.#socket = socket;
    this.#raw = raw;
    const reader = new SentenceReader();
    socket.on('data', (chunk: Buffer) => {
      if (this.#isMute || this.#isOver) return;
      try {
        for (const words of reader.push(chunk)) events.sentence(this, words);
        if (this.user === null && reader.pending > BEFORE_LOGIN) this.destroy();
      } catch (error) {
        if (!(error instanceof BrokenStream)) throw error;
        this.destroy();
      }
    });
    socket.on('end', () => {
      this.end();
    });
    socket.on('error', () => undefined);
    raw.on('error', () => undefined);
    raw.on('close', () => {
      this.#isOver = true;
      events.ended(this);
    });
  }

  get from(): string {
    return this.#raw.remoteAddress ?? '';
  }

  /** Sends sentences; what one turn of the loop sends goes out as one write. */
  send(text: string): void {
    if (this.#isMute || this.#isOver) return;
    this.#text += text;
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  /** Sends one byte at a turn; what is sent meanwhile waits behind it. */
  sendByteByByte(text: string): void {
    this.#flush();
    if (this.#isFlushing) {
      this.#text += text;
      return;
    }
    this.#isFlushing = true;
    let at = 0;
    const step = (): void => {
      if (at >= text.length) {
        this.#isFlushing = false;
        this.#flush();
        return;
      }
      if (!this.#isMute && !this.#isOver) this.#socket.write(text.charAt(at), 'latin1');
      at += 1;
      setImmediate(step);
    };
    step();
  }

  /** Sends what is pending and nothing ever again; the socket stays open. */
  mute(): void {
    this.#flush();
    this.#isMute = true;
  }

  /** RST, after what is pending has left. */
  reset(): void {
    this.#leave(() => this.#raw.resetAndDestroy());
  }

  /** FIN, after what is pending has left. */
  end(): void {
    this.#leave(() => this.#socket.end());
  }

  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #leave(how: () => void): void {
    if (this.#isOver) return;
    const text = this.#text;
    this.#text = '';
    this.#isOver = true;
    if (text === '') how();
    else this.#socket.write(text, 'latin1', how);
  }

  #flush(): void {
    if (this.#text === '' || this.#isMute || this.#isOver || this.#isFlushing) return;
    const text = this.#text;
    this.#text = '';
    this.#socket.write(text, 'latin1');
  }
}

/** What a session needs of a socket, plain or TLS. */
export type Duplexed = Pick<Socket, 'write' | 'end' | 'destroy'> & {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** The sentences of a reply, tagged as the command was. */
export function replySentence(
  word: string,
  tag: string | null,
  attributes: Iterable<readonly [string, string]>,
): string {
  const words = [word];
  for (const [name, value] of attributes) words.push(`=${name}=${value}`);
  if (tag !== null) words.push(`.tag=${tag}`);
  return encodeSentence(words);
}
