import { Socket } from 'node:net';

/** Turns of the event loop a chunk is on its way, 0 for the next turn; asked once a chunk. */
export type Turns = () => number;

/**
 * A network of one address without a kernel: sockets in pairs, bytes in order, FIN and RST as TCP has them. What is under
 * way moves on from one turn of the event loop to the next, so that a test can know when all is quiet.
 */
export class MemoryWire {
  /** Counts up with every chunk, FIN, RST and connection. */
  moved = 0;
  /** Chunks, FINs and RSTs that have not arrived yet. */
  underWay = 0;
  readonly #turns: Turns;
  #accept: ((socket: Socket) => void) | null = null;

  constructor(turns: Turns = () => 0) {
    this.#turns = turns;
  }

  /** Accepts connections from now on. */
  listen(accept: (socket: Socket) => void): void {
    this.#accept = accept;
  }

  /** Refuses connections from now on. */
  shut(): void {
    this.#accept = null;
  }

  /** A socket that is connecting: `connect` or `error` follows. */
  connect(): Socket {
    const client = new MemorySocket(this);
    this.later(() => {
      if (client.destroyed) return;
      if (this.#accept === null) {
        client.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        return;
      }
      const server = new MemorySocket(this);
      client.pair(server);
      server.pair(client);
      this.#accept(server);
      client.emit('connect');
    });
    return client;
  }

  /** Runs `arrive` when its turns are over. */
  later(arrive: () => void): void {
    this.underWay += 1;
    let left = this.#turns();
    const step = (): void => {
      if (left > 0) {
        left -= 1;
        setImmediate(step);
        return;
      }
      this.underWay -= 1;
      this.moved += 1;
      arrive();
    };
    setImmediate(step);
  }
}

type Letter = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'fin' | 'reset' };

/** One end of a connection. A `net.Socket` without a handle, whose stream methods are its own. */
class MemorySocket extends Socket {
  readonly #wire: MemoryWire;
  readonly #inbox: Letter[] = [];
  #peer: MemorySocket | null = null;
  #isDelivering = false;
  /** What the far end is told when this one is destroyed: TCP says FIN, unless it was told to reset. */
  #farewell: 'fin' | 'reset' = 'fin';

  constructor(wire: MemoryWire) {
    super();
    this.#wire = wire;
  }

  pair(peer: MemorySocket): void {
    this.#peer = peer;
  }

  override setNoDelay(): this {
    return this;
  }

  override setKeepAlive(): this {
    return this;
  }

  override resetAndDestroy(): this {
    this.#farewell = 'reset';
    this.destroy();
    return this;
  }

  override _read(): void {
    // What arrives is pushed.
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    this.#peer?.send({ kind: 'bytes', bytes });
    done();
  }

  override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: () => void): void {
    const all = chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
    this.#peer?.send({ kind: 'bytes', bytes: Buffer.concat(all) });
    done();
  }

  override _final(done: () => void): void {
    this.#peer?.send({ kind: 'fin' });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#farewell === 'reset' || !this.writableFinished) this.#peer?.send({ kind: this.#farewell });
    this.#inbox.length = 0;
    super._destroy(error, done);
  }

  /** Puts a letter behind those that are on their way here. */
  send(letter: Letter): void {
    if (this.destroyed) return;
    this.#inbox.push(letter);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering || this.#inbox.length === 0) return;
    this.#isDelivering = true;
    this.#wire.later(() => {
      this.#isDelivering = false;
      const letter = this.#inbox.shift();
      if (letter === undefined || this.destroyed) return;
      this.#open(letter);
      this.#deliver();
    });
  }

  #open(letter: Letter): void {
    switch (letter.kind) {
      case 'bytes':
        this.push(letter.bytes);
        return;
      case 'fin':
        this.push(null);
        return;
      case 'reset':
        this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    }
  }
}
