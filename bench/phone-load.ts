import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A keep-alive HTTP/1.1 client that costs little: what is measured is the server. One request at a time. */
export class LoadConnection {
  readonly #socket: Socket;
  #head = '';
  /** Bytes of the body that are still to come; null while the head is read. */
  #left: number | null = null;
  #status = 0;
  #settle: { readonly done: (status: number) => void; readonly failed: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error) => this.#settle?.failed(error));
    socket.on('close', () => this.#settle?.failed(new Error('closed before the answer')));
  }

  static async open(port: number): Promise<LoadConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new LoadConnection(socket);
  }

  /** Sends and waits for the whole answer; gives its status. */
  async get(path: string): Promise<number> {
    return new Promise((done, failed) => {
      this.#settle = { done, failed };
      this.#socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Yealink SIP-T31G 124.85.257.55\r\n\r\n`,
      );
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk.length;
    if (this.#left === null) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#status = Number(this.#head.slice(9, 12));
      this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(this.#head.slice(0, end))?.[1] ?? 0);
      body = this.#head.length - end - 4;
      this.#head = '';
    }
    this.#left -= body;
    if (this.#left > 0) return;
    this.#left = null;
    const settle = this.#settle;
    this.#settle = null;
    settle?.done(this.#status);
  }
}

/** Resolves once the server answers; rejects when its process ends before that. */
export async function untilUp(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    try {
      const connection = await LoadConnection.open(port);
      await connection.get('/');
      connection.close();
      return;
    } catch {
      if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    }
  }
}
