import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { frame, FrameReader, payloadOf, type Payload } from './frame.ts';

/** How frames are written: as they come; the two of one request in one write; byte by byte, a turn of the loop each. */
export type Delivery = 'frames' | 'coalesced' | 'bytes';

/** One application's connection. */
export class Link {
  readonly routes = new Set<string>();
  readonly #socket: Socket;
  readonly #delivery: () => Delivery;
  #queue: Buffer = Buffer.alloc(0);
  #isDripping = false;

  constructor(socket: Socket, delivery: () => Delivery, received: (link: Link, payload: Payload) => void) {
    this.#socket = socket;
    this.#delivery = delivery;
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const text of reader.push(chunk)) received(this, payloadOf(text));
      } catch (error) {
        socket.destroy();
        if (!(error instanceof SyntaxError)) throw error;
      }
    });
  }

  /** Writes payloads, each with an id of its own before it, in one write. */
  write(...payloads: readonly string[]): void {
    const bytes = Buffer.concat(payloads.map((payload) => frame(`${randomUUID()}|${payload}`)));
    if (this.#delivery() !== 'bytes') {
      if (this.#socket.writable) this.#socket.write(bytes);
      return;
    }
    this.#queue = Buffer.concat([this.#queue, bytes]);
    if (!this.#isDripping) this.#drip();
  }

  /** FIN after what was written, as after a wrong secret. */
  end(): void {
    this.#socket.end();
  }

  /** The link is gone at once; what was written before still arrives. */
  cut(): void {
    this.#socket.destroySoon();
  }

  #drip(): void {
    const byte = this.#queue.subarray(0, 1);
    this.#queue = this.#queue.subarray(1);
    this.#isDripping = byte.length > 0 && this.#socket.writable;
    if (!this.#isDripping) return;
    this.#socket.write(byte);
    setImmediate(() => {
      this.#drip();
    });
  }
}
