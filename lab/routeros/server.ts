import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { Certificate } from './certificate.ts';
import type { MemoryWire } from './memory-wire.ts';
import { Session } from './session.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** `anonymous`: TLS by anonymous Diffie-Hellman, as api-ssl without a certificate does. */
  readonly certificate: Certificate | 'anonymous' | null;
  readonly barsBy: 'close' | 'reset';
  /** Instead of TCP. */
  readonly wire: MemoryWire | null;
  /** False: FIN at once, as with `max-sessions` or `address=` on a real router (facts: inferred). */
  readonly mayEnter: (from: string) => boolean;
  readonly sentence: (session: Session, words: string[]) => void;
  readonly opened: (session: Session) => void;
  readonly ended: (session: Session) => void;
}

/** A listening port whose connections are API sessions. */
export class Listener {
  port = 0;
  readonly #options: ListenerOptions;
  readonly #context: SecureContext | null;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(options: ListenerOptions) {
    const { certificate } = options;
    this.#options = options;
    this.#context = certificate === null ? null : contextOf(certificate);
  }

  /** Listens; a second time on the same port, as after a reboot. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    const accept = (socket: Socket): void => {
      this.#accept(socket);
    };
    const { wire } = this.#options;
    if (wire !== null) {
      wire.listen(accept);
      return;
    }
    const server = createServer({ noDelay: true }, accept);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port === 0 ? this.#options.port : this.port, this.#options.host, resolve);
    });
    this.port = portOf(server);
  }

  /** Stops listening and drops every connection, by RST where asked. */
  async shut(how: 'reset' | 'destroy'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#options.wire?.shut();
    for (const socket of this.#sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    }
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  #accept(raw: Socket): void {
    this.#sockets.add(raw);
    raw.on('close', () => this.#sockets.delete(raw));
    raw.on('error', () => undefined);
    if (!this.#options.mayEnter(raw.remoteAddress ?? '')) {
      if (this.#options.barsBy === 'reset') raw.resetAndDestroy();
      else raw.end();
      return;
    }
    const socket = this.#context === null ? raw : new TLSSocket(raw, { isServer: true, secureContext: this.#context });
    const { sentence, ended, opened } = this.#options;
    opened(new Session(socket, raw, { sentence, ended }));
  }
}

function contextOf(certificate: Certificate | 'anonymous'): SecureContext {
  if (certificate !== 'anonymous')
    return createSecureContext({ key: certificate.keyPem, cert: certificate.certificatePem });
  return createSecureContext({ ciphers: 'ADH-AES256-GCM-SHA384:@SECLEVEL=0', maxVersion: 'TLSv1.2', dhparam: 'auto' });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP port');
  return address.port;
}
