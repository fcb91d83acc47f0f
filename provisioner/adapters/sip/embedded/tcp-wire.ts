import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { uriHost } from '../../../core/sip-uri.ts';
import { Framing } from './framing.ts';
import type { Wire, WireAddress, WireEvents } from './wire.ts';

export interface TlsNames {
  /** Whom the certificate must name: the host as configured. */
  readonly host: string;
  /** PEM of who may have signed it; undefined: whom Node trusts. */
  readonly ca: string | undefined;
}

/**
 * A TCP connection, or TLS with `tls` (the certificate is always verified), with SIP messages cut by Content-Length.
 * Rejects when it does not come up; `signal` gives up on it.
 */
export function openTcp(
  { address, family, port }: WireAddress,
  tls: TlsNames | null,
  events: WireEvents,
  signal: AbortSignal,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      tls === null
        ? connect({ host: address, family, port, noDelay: true })
        : connectTls({
            host: address,
            port,
            // A name goes into SNI; an address is checked against the certificate's own addresses.
            ...(isIP(tls.host) === 0 ? { servername: tls.host } : {}),
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          });
    const giveUp = (): void => {
      socket.destroy(new Error('given up'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', reject);
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
    });
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', reject);
      resolve(wireOf(socket, tls !== null, events));
    });
  });
}

function wireOf(socket: Socket, isTls: boolean, events: WireEvents): Wire {
  const framing = new Framing();
  let isOpen = true;
  const end = (detail: string): void => {
    if (!isOpen) return;
    isOpen = false;
    socket.destroy();
    events.onEnd(detail);
  };
  socket.on('error', (error) => {
    end(error.message);
  });
  socket.on('close', () => {
    end('the connection was closed');
  });
  socket.on('end', () => {
    end('the connection was closed');
  });
  socket.on('data', (chunk) => {
    try {
      for (const message of framing.push(chunk)) if (isOpen) events.onMessage(message);
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
    }
  });
  socket.setNoDelay(true);
  return {
    protocol: isTls ? 'TLS' : 'TCP',
    isReliable: true,
    sentBy: `${uriHost(socket.localAddress ?? '0.0.0.0')}:${socket.localPort ?? 0}`,
    send(message) {
      if (isOpen) socket.write(message);
    },
    close() {
      isOpen = false;
      socket.destroy();
    },
  };
}
