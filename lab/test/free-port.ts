import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that was free a moment ago, for UDP and for TCP. Somebody may take it before it is used: who starts
 * a peer on it tries again then.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('a TCP server without a port');
    const { port } = address;
    const socket = createSocket('udp4');
    try {
      const isFree = await new Promise<boolean>((resolve) => {
        socket.once('error', () => {
          resolve(false);
        });
        socket.bind(port, '127.0.0.1', () => {
          resolve(true);
        });
      });
      if (isFree) return port;
    } finally {
      socket.close();
      server.close();
      await once(server, 'close');
    }
  }
  throw new Error('no port is free for both UDP and TCP');
}
