import { createServer, type Server, type Socket } from 'node:net';
import type { LabClock } from '../../clock.ts';
import type { DataPlane } from './plane.ts';
import { carry } from './tcp-flow.ts';

export interface OwnPortOptions {
  readonly plane: DataPlane;
  readonly clock: LabClock;
  /** Where it listens on this machine. */
  readonly host: string;
  /** The router's own address that is meant. */
  readonly destination: string;
  /** The port of the router; on this machine it is the same, or a free one for 0. */
  readonly port: number;
}

/**
 * One TCP port of the router as a host beside it meets it: what connects here goes through the input chain, its source
 * address included. A kernel cannot take a SYN back: what the rules drop is taken and stays silent, what they reject or
 * where nothing listens is reset.
 */
export class OwnPort {
  readonly #options: OwnPortOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: OwnPortOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      this.#admit(socket);
    });
  }

  async open(): Promise<number> {
    const { port, host } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #admit(socket: Socket): void {
    const { plane, clock, destination } = this.#options;
    const dialed = plane.dial({
      protocol: 'tcp',
      source: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      sourcePort: socket.remotePort ?? 0,
      destination,
      destinationPort: socket.localPort ?? 0,
    });
    if (dialed.kind === 'silent') socket.resume();
    else if (dialed.kind !== 'open') socket.resetAndDestroy();
    else {
      const resetClient = (): void => {
        if (!socket.destroyed) socket.resetAndDestroy();
      };
      carry({ plane, clock, client: socket, server: dialed.stream, connection: dialed.connection, resetClient });
    }
  }
}
