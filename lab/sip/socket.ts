import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parseMessage, type SipMessage } from './message.ts';
import { MessageStream } from './stream.ts';

export type Transport = 'udp' | 'tcp';

/** Where a message came from, and the way back to there. */
export interface Flow {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  send(bytes: Buffer): void;
  /** Runs once when the connection is lost; never over UDP. The function that is returned takes it back. */
  onLost(run: () => void): () => void;
}

export interface SipSocketOptions {
  readonly host?: string;
  /** Default 0: one that is free for all transports. */
  readonly port?: number;
  readonly transports?: readonly Transport[];
  readonly received: (message: SipMessage, flow: Flow, bytes: Buffer) => void;
}

/** A SIP port on loopback, UDP and TCP under one number. What is no SIP is ignored on UDP and ends a TCP connection. */
export class SipSocket {
  readonly host: string;
  port: number;
  readonly #transports: readonly Transport[];
  readonly #received: SipSocketOptions['received'];
  readonly #streams = new Map<string, Socket>();
  #udp: UdpSocket | null = null;
  #tcp: Server | null = null;

  constructor(options: SipSocketOptions) {
    this.host = options.host ?? '127.0.0.1';
    this.port = options.port ?? 0;
    this.#transports = options.transports ?? ['udp', 'tcp'];
    this.#received = options.received;
  }

  /** Binds; a second time on the same port. */
  async open(): Promise<void> {
    for (;;) {
      const wanted = this.port;
      try {
        if (this.#transports.includes('tcp')) await this.#openTcp();
        if (this.#transports.includes('udp')) await this.#openUdp();
        return;
      } catch (error) {
        await this.shut();
        this.port = wanted;
        // The system gave a port that is free for one transport only: it picks again.
        if (wanted !== 0 || !isTaken(error)) throw error;
      }
    }
  }

  /** The way to an address: over UDP at once, over TCP once connected. Rejects with the system's error. */
  async flowTo(transport: Transport, address: string, port: number): Promise<Flow> {
    if (transport === 'udp') return this.udpFlow(address, port);
    const known = this.#streams.get(`${address}:${port}`);
    if (known !== undefined) return flowOf(known, address, port);
    const socket = connect({ host: address, port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    this.#serve(socket, address, port);
    return flowOf(socket, address, port);
  }

  /** Ends listening and every connection; what comes meanwhile is lost, as with a server that is down. */
  async shut(): Promise<void> {
    const [udp, tcp] = [this.#udp, this.#tcp];
    this.#udp = null;
    this.#tcp = null;
    for (const socket of this.#streams.values()) socket.destroy();
    this.#streams.clear();
    await Promise.all([udp, tcp].map((each) => closed(each)));
  }

  async #openTcp(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#serve(socket, socket.remoteAddress ?? '', socket.remotePort ?? 0);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, resolve);
    });
    this.#tcp = server;
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async #openUdp(): Promise<void> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(this.port, this.host, resolve);
    });
    // What is said to a group goes out where it listens, and not by whatever route there is.
    socket.setMulticastInterface(this.host);
    this.#udp = socket;
    this.port = socket.address().port;
    // An ICMP refusal of something sent earlier: the transaction's timers notice.
    socket.on('error', () => undefined);
    socket.on('message', (bytes, from) => {
      const message = readable(bytes);
      if (message !== null) this.#received(message, this.udpFlow(from.address, from.port), bytes);
    });
  }

  /** The way to an address over UDP. */
  udpFlow(address: string, port: number): Flow {
    return {
      transport: 'udp',
      address,
      port,
      send: (bytes) => {
        this.#udp?.send(bytes, port, address);
      },
      onLost: () => () => undefined,
    };
  }

  #serve(socket: Socket, address: string, port: number): void {
    const name = `${address}:${port}`;
    this.#streams.set(name, socket);
    socket.on('close', () => {
      if (this.#streams.get(name) === socket) this.#streams.delete(name);
    });
    socket.on('error', () => undefined);
    const stream = new MessageStream();
    socket.on('data', (chunk) => {
      try {
        for (const { message, bytes } of stream.push(chunk)) {
          this.#received(message, flowOf(socket, address, port), bytes);
        }
      } catch (error) {
        socket.destroy();
        if (!(error instanceof SyntaxError)) throw error;
      }
    });
  }
}

function flowOf(socket: Socket, address: string, port: number): Flow {
  return {
    transport: 'tcp',
    address,
    port,
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    onLost(run) {
      socket.once('close', run);
      return () => socket.off('close', run);
    },
  };
}

function readable(bytes: Buffer): SipMessage | null {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function closed(socket: UdpSocket | Server | null): Promise<void> {
  return new Promise((resolve) => {
    if (socket === null) resolve();
    else
      socket.close(() => {
        resolve();
      });
  });
}
