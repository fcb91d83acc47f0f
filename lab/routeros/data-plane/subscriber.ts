import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { LabClock } from '../../clock.ts';
import type { DataPlane } from './plane.ts';
import type { PacketSpec } from './probe.ts';
import { codeOfReject, readTarget, SOCKS, writeTarget, type SocksTarget } from './socks-codec.ts';
import { SubscriberDns } from './subscriber-dns.ts';
import { carry } from './tcp-flow.ts';

export interface SubscriberOptions {
  readonly address: string;
  /** The same household's address of the other family: used for destinations of that family. */
  readonly twin?: string;
  /** Comes in by the WAN interface: a stranger, not a subscriber. */
  readonly isWan: boolean;
  /** The resolver the device was given. */
  readonly resolver: string;
  readonly plane: DataPlane;
  readonly clock: LabClock;
}

/** One source address as a SOCKS5 server (RFC 1928, no authentication): CONNECT and UDP ASSOCIATE. */
export class Subscriber {
  port = 0;
  readonly #options: SubscriberOptions;
  readonly #dns: SubscriberDns;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #relays = new Set<UdpSocket>();
  #lastPort = 49_151;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    const { plane, clock, resolver, isWan } = options;
    this.#dns = new SubscriberDns({ plane, clock, resolver, source: this.#sourceFor(resolver), isWan });
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      this.#greet(socket);
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    return this.port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const relay of this.#relays) relay.close();
    this.#relays.clear();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Method negotiation and request, RFC 1928 §3 and §4; bytes may come in any pieces. */
  #greet(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    let isGreeted = false;
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isGreeted) {
        const methods = bytes[1];
        if (methods === undefined || bytes.length < 2 + methods) return;
        if (bytes[0] !== 5) {
          socket.destroy();
          return;
        }
        bytes = bytes.subarray(2 + methods);
        isGreeted = true;
        socket.write(Uint8Array.of(5, 0));
      }
      const request = bytes.length < 4 ? null : readTarget(bytes, 3);
      if (request === null) return;
      socket.off('data', onData);
      socket.pause();
      const rest = bytes.subarray(request.end);
      if (rest.length > 0) socket.unshift(rest);
      void this.#serve(socket, bytes[1] ?? 0, request.target);
    };
    socket.on('data', onData);
  }

  async #serve(socket: Socket, command: number, target: SocksTarget): Promise<void> {
    if (command === 3) {
      await this.#associate(socket);
      return;
    }
    if (command !== 1) {
      refuse(socket, SOCKS.commandNotSupported);
      return;
    }
    const destination = await this.#resolve(target);
    if (socket.destroyed) return;
    if (destination === null) refuse(socket, SOCKS.hostUnreachable);
    else this.#connect(socket, destination, target.port);
  }

  #connect(socket: Socket, destination: string, port: number): void {
    const { plane, clock } = this.#options;
    const dialed = plane.dial(this.#spec('tcp', destination, port, this.#nextPort()));
    if (dialed.kind === 'refused') refuse(socket, SOCKS.refused);
    else if (dialed.kind === 'rejected') refuse(socket, codeOfReject(dialed.rejectWith));
    // Silence: the device goes on sending SYN until it gives up, and so does our client.
    else if (dialed.kind === 'silent') socket.resume();
    else {
      socket.write(Buffer.concat([Uint8Array.of(5, SOCKS.succeeded, 0), writeTarget('0.0.0.0', 0)]));
      const { stream, connection } = dialed;
      const resetClient = (): void => {
        if (!socket.destroyed) socket.resetAndDestroy();
      };
      carry({ plane, clock, client: socket, server: stream, connection, resetClient });
      socket.resume();
    }
  }

  /** A relay for datagrams, open as long as the connection that asked for it (RFC 1928 §7). */
  async #associate(socket: Socket): Promise<void> {
    const relay = createSocket('udp4');
    this.#relays.add(relay);
    const ports = new Map<number, number>();
    relay.on('message', (message, from) => {
      const header = message[2] === 0 ? readTarget(message, 3) : null;
      if (header === null) return;
      let sourcePort = ports.get(from.port);
      if (sourcePort === undefined) ports.set(from.port, (sourcePort = this.#nextPort()));
      void this.#relay(header.target, sourcePort, message.subarray(header.end), (host, payload) => {
        if (!this.#relays.has(relay)) return;
        const head = Buffer.concat([Uint8Array.of(0, 0, 0), writeTarget(host, header.target.port)]);
        relay.send(Buffer.concat([head, payload]), from.port, from.address);
      });
    });
    await new Promise<void>((resolve) => relay.bind(0, '127.0.0.1', resolve));
    socket.on('close', () => {
      if (this.#relays.delete(relay)) relay.close();
    });
    socket.on('end', () => socket.end());
    socket.write(Buffer.concat([Uint8Array.of(5, SOCKS.succeeded, 0), writeTarget('127.0.0.1', relay.address().port)]));
    socket.resume();
  }

  async #relay(
    target: SocksTarget,
    sourcePort: number,
    payload: Buffer,
    reply: (host: string, payload: Buffer) => void,
  ): Promise<void> {
    const destination = await this.#resolve(target);
    if (destination === null) return;
    this.#options.plane.sendUdp(this.#spec('udp', destination, target.port, sourcePort), payload, (answer) => {
      reply(destination, answer);
    });
  }

  async #resolve({ host, isName }: SocksTarget): Promise<string | null> {
    if (!isName) return host;
    const answer = await this.#dns.lookUp(host, this.#options.address.includes(':') ? 6 : 4);
    return answer === 'no-answer' ? null : (answer[0] ?? null);
  }

  #spec(protocol: 'tcp' | 'udp', destination: string, destinationPort: number, sourcePort: number): PacketSpec {
    const source = this.#sourceFor(destination);
    return { protocol, source, sourcePort, destination, destinationPort, isWan: this.#options.isWan };
  }

  #sourceFor(destination: string): string {
    const { address, twin } = this.#options;
    return twin !== undefined && twin.includes(':') === destination.includes(':') ? twin : address;
  }

  #nextPort(): number {
    this.#lastPort = this.#lastPort >= 65_535 ? 49_152 : this.#lastPort + 1;
    return this.#lastPort;
  }
}

function refuse(socket: Socket, code: number): void {
  socket.end(Buffer.concat([Uint8Array.of(5, code, 0), writeTarget('0.0.0.0', 0)]));
  socket.resume();
}
