import { request as httpRequest } from 'node:http';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { SocksClient } from 'socks';

/** What a subscriber's device sees of one HTTP request. */
export interface Page {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

/** How a TCP connection ended before it began. */
export type Reached = 'open' | 'refused' | 'prohibited' | 'silent';

/** A subscriber's device: everything goes through the SOCKS port that stands for its address in the lab. */
export interface Device {
  get(url: string): Promise<Page>;
  reach(host: string, port: number): Promise<Reached>;
  /** Sends one datagram and waits for an answer; false when none came in time. */
  udp(host: string, port: number, payload: Buffer): Promise<Buffer | null>;
}

const PATIENCE_MS = 3000;
/** A connection that is let through, or refused, is so at once in the lab: this long a silence means dropped. */
const DIAL_PATIENCE_MS = 1000;
/** The lab answers datagrams at once; this long a silence means that none got through. */
const UDP_PATIENCE_MS = 700;

export function device(socksPort: number): Device {
  const proxy = { host: '127.0.0.1', port: socksPort, type: 5 } as const;
  const dial = async (host: string, port: number): Promise<Socket> =>
    (
      await SocksClient.createConnection({
        proxy,
        command: 'connect',
        destination: { host, port },
        timeout: DIAL_PATIENCE_MS,
      })
    ).socket;
  return {
    async get(url) {
      const { hostname, port, pathname, search } = new URL(url);
      const socket = await dial(hostname, port === '' ? 80 : Number(port));
      return exchange(socket, hostname, `${pathname}${search}`);
    },
    async reach(host, port) {
      try {
        (await dial(host, port)).destroy();
        return 'open';
      } catch (error) {
        return reasonOf(error);
      }
    },
    async udp(host, port, payload) {
      const local = createSocket('udp4');
      await new Promise<void>((resolve) => local.bind(0, '127.0.0.1', resolve));
      const { socket, remoteHost } = await associate(proxy);
      try {
        const frame = SocksClient.createUDPFrame({ remoteHost: { host, port }, data: payload });
        return await new Promise<Buffer | null>((resolve) => {
          const timer = setTimeout(() => {
            resolve(null);
          }, UDP_PATIENCE_MS);
          local.once('message', (bytes) => {
            clearTimeout(timer);
            resolve(SocksClient.parseUDPFrame(bytes).data);
          });
          local.send(frame, remoteHost.port, '127.0.0.1');
        });
      } finally {
        socket.destroy();
        local.close();
      }
    },
  };
}

async function associate(proxy: {
  host: string;
  port: number;
  type: 5;
}): Promise<{ socket: Socket; remoteHost: { port: number } }> {
  const client = new SocksClient({
    proxy,
    command: 'associate',
    destination: { host: '0.0.0.0', port: 0 },
    timeout: PATIENCE_MS,
  });
  return new Promise((resolve, reject) => {
    client.once('established', ({ socket, remoteHost }) => {
      if (remoteHost === undefined) reject(new Error('the SOCKS server named no UDP port'));
      else resolve({ socket, remoteHost });
    });
    client.once('error', reject);
    client.connect();
  });
}

function exchange(socket: Socket, host: string, path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { createConnection: () => socket, host, path, headers: { host, connection: 'close' }, timeout: PATIENCE_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? null, body });
        });
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer from ${host} in ${PATIENCE_MS} ms`)));
    request.on('error', reject);
    request.end();
  });
}

/** SOCKS5 reply codes (RFC 1928 §6): 2 = not allowed by ruleset, 5 = connection refused. */
function reasonOf(error: unknown): Exclude<Reached, 'open'> {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('ConnectionRefused')) return 'refused';
  return message.includes('NotAllowed') ? 'prohibited' : 'silent';
}
