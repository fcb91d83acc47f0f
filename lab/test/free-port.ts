import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Below what kernels hand out for port 0 (Linux: 32768 to 60999, `net.ipv4.ip_local_port_range`): else a port found free
 * here is now and then given to somebody's `listen(0)` or outgoing connection before it is used.
 */
const RANGE = { first: 12_000, count: 20_000 } as const;
const TRIES = 100;

/**
 * A port of 127.0.0.1 that is free for UDP and for TCP, and that the kernel gives nobody of its own accord. Drawn by lot,
 * so that tests side by side hardly ever find the same.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = RANGE.first + randomInt(RANGE.count);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
  throw new Error('no port is free for both UDP and TCP');
}

function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}
