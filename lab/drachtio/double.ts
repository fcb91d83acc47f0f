import { createServer, type Server, type Socket } from 'node:net';
import { systemClock, type LabClock } from '../clock.ts';
import { Watch } from '../sip/watch.ts';
import { Bridge } from './bridge.ts';
import { DoubleFaults } from './faults.ts';
import type { Payload } from './frame.ts';
import { Link, type Delivery } from './link.ts';

export interface DrachtioDoubleOptions {
  readonly secret: string;
  /** Default `v0.9.10-lab`. */
  readonly version?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly clock?: LabClock;
}

/**
 * The server side of drachtio-server's admin protocol, before a real SIP port on loopback. As with the real one, whoever
 * connects is served, whether authenticated or not.
 */
export interface DrachtioDouble {
  readonly host: string;
  /** Of the admin link. */
  readonly port: number;
  /** Where it sends SIP from and takes it, UDP and TCP. */
  readonly sipPort: number;
  readonly faults: DoubleFaults;
  /** What applications tried: true for the right secret. */
  readonly authentications: readonly boolean[];
  /** Connections there ever were. */
  readonly connections: number;
  setDelivery(delivery: Delivery): void;
  /** What is told at the next authentication instead of the real hostports; null: the real ones. Empty and double are fine. */
  setHostports(hostports: readonly string[] | null): void;
  /** Drops every link; the port stays open. */
  cut(): void;
  /** Resolves once so many links are up. */
  untilLinked(count?: number, timeoutMs?: number): Promise<number>;
  down(): Promise<void>;
  /** Back on the same ports. */
  up(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;

export async function startDrachtioDouble(options: DrachtioDoubleOptions): Promise<DrachtioDouble> {
  const clock = options.clock ?? systemClock();
  const faults = new DoubleFaults();
  const watch = new Watch();
  const links = new Map<Link, Socket>();
  const authentications: boolean[] = [];
  const state = {
    port: options.port ?? 0,
    connections: 0,
    delivery: 'frames' as Delivery,
    hostports: null as readonly string[] | null,
    server: null as Server | null,
  };
  const bridge = new Bridge(
    clock,
    faults,
    () => state.delivery,
    (method) => [...links.keys()].find((link) => link.routes.has(method)) ?? null,
  );

  function received(link: Link, payload: Payload): void {
    const { id, kind, fields } = payload;
    const route = fields[0]?.toUpperCase() ?? '';
    switch (kind) {
      case 'authenticate':
        authenticate(link, id, fields[0] ?? '');
        return;
      case 'ping':
        link.write(`response|${id}|OK|pong`);
        return;
      case 'route':
        link.routes.add(route);
        link.write(`response|${id}|OK`);
        return;
      case 'remove_route':
        link.routes.delete(route);
        link.write(`response|${id}|OK`);
        return;
      case 'sip':
        bridge.take(link, payload);
        return;
      default:
        link.write(`response|${id}|NO|unknown message type: ${kind}`);
        link.end();
    }
  }

  function authenticate(link: Link, id: string, secret: string): void {
    const isRight = secret === options.secret;
    authentications.push(isRight);
    if (isRight) {
      const hostports = (state.hostports ?? bridge.hostports()).join(',');
      link.write(`response|${id}|OK|${hostports}|${options.version ?? 'v0.9.10-lab'}|${hostports}`);
    } else {
      link.write(`response|${id}|NO|incorrect secret`);
      link.end();
    }
    watch.changed();
  }

  async function open(): Promise<void> {
    await bridge.open();
    const server = createServer({ noDelay: true }, (socket) => {
      state.connections += 1;
      const link = new Link(socket, () => state.delivery, received);
      links.set(link, socket);
      socket.on('close', () => links.delete(link));
      socket.on('error', () => undefined);
      watch.changed();
    });
    state.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(state.port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) state.port = address.port;
  }

  async function shut(): Promise<void> {
    const { server } = state;
    state.server = null;
    for (const socket of links.values()) socket.destroy();
    links.clear();
    await bridge.shut();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  await open();
  return {
    host: '127.0.0.1',
    get port() {
      return state.port;
    },
    get sipPort() {
      return bridge.port;
    },
    faults,
    authentications,
    get connections() {
      return state.connections;
    },
    setDelivery(delivery) {
      state.delivery = delivery;
    },
    setHostports(hostports) {
      state.hostports = hostports;
    },
    cut() {
      for (const link of links.keys()) link.cut();
    },
    untilLinked: (count = 1, timeoutMs = PATIENCE_MS) =>
      watch.until(`${count} links`, () => (links.size >= count ? links.size : null), timeoutMs),
    down: shut,
    up: open,
    close: shut,
  };
}
