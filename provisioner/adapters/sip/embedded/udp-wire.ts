import { createSocket } from 'node:dgram';
import { uriHost } from '../../../core/sip-uri.ts';
import type { Wire, WireAddress, WireEvents } from './wire.ts';

/**
 * A UDP socket connected to one address: the system chooses the port and, by its routes, our address; strangers'
 * datagrams do not reach it, and an ICMP "port unreachable" does (RFC 3261 §18.4).
 */
export function openUdp({ address, family, port }: WireAddress, events: WireEvents): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4' });
    let isOpen = true;
    const end = (error: Error): void => {
      if (!isOpen) return;
      isOpen = false;
      socket.close();
      events.onEnd(describe(error));
    };
    socket.once('error', reject);
    socket.connect(port, address, (error?: Error) => {
      if (error !== undefined) {
        socket.close();
        reject(error);
        return;
      }
      socket.off('error', reject);
      socket.on('error', end);
      socket.on('message', (bytes) => {
        events.onMessage(bytes.toString('utf8'));
      });
      const local = socket.address();
      resolve({
        protocol: 'UDP',
        isReliable: false,
        sentBy: `${uriHost(local.address)}:${local.port}`,
        send(message) {
          if (!isOpen) return;
          socket.send(message, (error) => {
            if (error !== null) end(error);
          });
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          socket.close();
        },
      });
    });
  });
}

/** `connect ECONNREFUSED 192.0.2.1:5060` and the like: addresses, nothing secret. */
function describe(error: Error): string {
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'nobody listens on that UDP port' : error.message;
}
