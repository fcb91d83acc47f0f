import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';

/** Who sends, as the far end sees it: after the router's source NAT. */
export interface Caller {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export type TcpService = (stream: Duplex, caller: Caller) => void;
export type UdpService = (payload: Buffer, caller: Caller, reply: (payload: Buffer) => void) => void;

/** A local server that stands at an address of the virtual internet. */
export interface LocalPort {
  readonly port: number;
  readonly host?: string;
  /** Local address to dial from (any of 127.0.0.0/8), so that a real server can tell callers apart. */
  readonly dialFrom?: (caller: Caller) => string;
}

/** The virtual internet: what stands at which `address:port`. Whatever is not named is silent, or refuses. */
export class Internet {
  /** What a TCP connection to an unknown place meets. */
  unknown: 'silent' | 'refuse' = 'silent';
  /** Every TCP connection that arrived, in order. */
  readonly arrivals: Caller[] = [];
  readonly #tcp = new Map<string, TcpService>();
  readonly #udp = new Map<string, UdpService>();
  readonly #streams = new Set<Duplex>();
  readonly #servers: Server[] = [];

  /** Puts a TCP service at an address; the returned function takes it away. Port `*` stands for all others. */
  tcp(address: string, port: number | '*', service: TcpService): () => void {
    const key = `${address} ${port}`;
    this.#tcp.set(key, service);
    return () => this.#tcp.delete(key);
  }

  udp(address: string, port: number, service: UdpService): () => void {
    const key = `${address} ${port}`;
    this.#udp.set(key, service);
    return () => this.#udp.delete(key);
  }

  /** An HTTP server at every one of the addresses. */
  http(addresses: readonly string[], port: number, listener: RequestListener): () => void {
    const server = createServer(listener);
    this.#servers.push(server);
    const removers = addresses.map((address) => this.tcp(address, port, (stream) => server.emit('connection', stream)));
    return () => {
      for (const remove of removers) remove();
    };
  }

  /** A TCP server of this machine at an address of the virtual internet. */
  local(address: string, port: number, target: LocalPort): () => void {
    return this.tcp(address, port, (stream, caller) => {
      const localAddress = target.dialFrom?.(caller);
      const socket = connect({
        port: target.port,
        host: target.host ?? '127.0.0.1',
        ...(localAddress === undefined ? {} : { localAddress }),
      });
      join(stream, socket);
    });
  }

  /** Dials: the near end of the stream, or what the caller meets instead. */
  dial(caller: Caller): Duplex | 'silent' | 'refuse' {
    const { destination, destinationPort } = caller;
    const service = this.#tcp.get(`${destination} ${destinationPort}`) ?? this.#tcp.get(`${destination} *`);
    if (service === undefined) return this.unknown;
    this.arrivals.push(caller);
    const [near, far] = duplexPair();
    Object.assign(far, { remoteAddress: caller.source, remotePort: caller.sourcePort, remoteFamily: 'IPv4' });
    for (const end of [near, far]) {
      this.#streams.add(end);
      end.on('error', () => undefined);
      end.on('close', () => this.#streams.delete(end));
    }
    // One end torn down is the other end's connection reset.
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    service(far, caller);
    return near;
  }

  /** Sends one datagram; false when nobody is there (silence). */
  send(payload: Buffer, caller: Caller, reply: (payload: Buffer) => void): boolean {
    const service = this.#udp.get(`${caller.destination} ${caller.destinationPort}`);
    service?.(payload, caller, reply);
    return service !== undefined;
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    for (const server of this.#servers) server.closeAllConnections();
  }
}

/** Joins two streams both ways; the end or death of one is the other's. */
export function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}
