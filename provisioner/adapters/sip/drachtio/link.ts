import type { Socket } from 'node:net';
import type pino from 'pino';
import { AppError, describeError } from '../../../../schemas/app-error.ts';
import type { Secret } from '../../../../schemas/secret.ts';
import type { SipTransport } from '../../../core/registrar.ts';
import { isTooOld, parseHostports, type Hostports } from './hostports.ts';
import { newSrf, type Srf, type SrfWire } from './srf.ts';

export interface DrachtioOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
}

/** Back-off of drachtio-srf grows without end otherwise, ms. */
const LONGEST_RETRY_MS = 5000;
/** A server that names no SIP ports is asked again after that, ms: it tells them at authentication only. */
const ASK_AGAIN_MS = 2000;
/** So often, and the same again, means that it has no such contact. */
const MOST_ASKED_AGAIN = 3;

type State =
  | { readonly kind: 'connecting'; readonly detail: string }
  | { readonly kind: 'ready'; readonly hostports: Hostports }
  /** Only a person can mend it. */
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'closed' };

/**
 * The admin link to drachtio-server. Plain TCP: drachtio-srf reconnects a TLS link in plain text, secret first (its issue
 * 211). It is ready only while authenticated; a wrong secret ends it for good, because drachtio-srf would try four times a
 * second for ever.
 */
export class DrachtioLink {
  readonly srf: Srf;
  readonly #wire: () => SrfWire | null;
  readonly #options: DrachtioOptions;
  readonly #log: pino.Logger;
  readonly #onLost: (detail: string) => void;
  #state: State;
  #socket: Socket | null = null;
  #askAgain: NodeJS.Timeout | undefined;
  /** How often in a row it was asked again for a transport that it does not have. */
  readonly #missed = new Map<SipTransport, number>();

  /**
   * @throws AppError `sip-protocol` for a secret that would break its frame, `sip-unavailable` with DEBUG set so that
   * drachtio-srf would print the secret.
   */
  constructor(options: DrachtioOptions, log: pino.Logger, onLost: (detail: string) => void) {
    checkSecret(options.secret);
    checkDebug(process.env['DEBUG'] ?? '');
    const { srf, wire } = newSrf();
    this.srf = srf;
    this.#wire = wire;
    this.#options = options;
    this.#log = log;
    this.#onLost = onLost;
    this.#state = { kind: 'connecting', detail: 'not connected yet' };
    this.#connect();
  }

  get hostports(): Hostports | null {
    return this.#state.kind === 'ready' ? this.#state.hostports : null;
  }

  /**
   * It named no port for this transport, or has none: asks again, for it names them at authentication only and may not
   * have opened all of them after a restart (drachtio-server issue 458). False once it was asked so often in vain.
   */
  askAgainFor(transport: SipTransport): boolean {
    if (this.#state.kind !== 'ready' || this.#askAgain !== undefined) return true;
    const missed = this.#missed.get(transport) ?? 0;
    if (missed >= MOST_ASKED_AGAIN) return false;
    this.#missed.set(transport, missed + 1);
    this.#askAgain = this.#reconnectSoon();
    return true;
  }

  /** It took a request over this transport. */
  takes(transport: SipTransport): void {
    this.#missed.delete(transport);
  }

  readiness(): { readonly isReady: boolean; readonly detail: string | null } {
    switch (this.#state.kind) {
      case 'ready':
        return { isReady: true, detail: null };
      case 'connecting':
        return { isReady: false, detail: `sip-unavailable: drachtio-server: ${this.#state.detail}` };
      case 'refused':
        return { isReady: false, detail: describeError(this.#state.error) };
      case 'closed':
        return { isReady: false, detail: 'closed' };
    }
  }

  close(): void {
    this.#stop({ kind: 'closed' });
  }

  #connect(): void {
    const { host, port, secret } = this.#options;
    // Without a listener for `error` the process would end when the server is not there.
    this.srf.on('error', (error) => {
      if (this.#isOver()) return;
      this.#state = { kind: 'connecting', detail: describeError(error) };
    });
    this.srf.on('close', () => {
      this.#lost('the link was lost');
    });
    this.srf.on('connect', (error, hostports, version) => {
      this.#authenticated(error ?? null, hostports, version);
    });
    this.srf.connect({ host, port, secret: secret.reveal(), reconnect: { retryMaxDelay: LONGEST_RETRY_MS } });
    this.#wire()?.on('connect', (socket) => {
      this.#connected(socket);
    });
  }

  #connected(socket: Socket): void {
    if (this.#isOver()) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    // Left out by drachtio-srf when it reconnects.
    socket.setNoDelay(true);
    // It throws for a frame that it does not understand, out of the socket's event: that would end the process.
    const listeners = socket.listeners('data');
    socket.removeAllListeners('data');
    socket.on('data', (chunk) => {
      try {
        for (const listener of listeners) Reflect.apply(listener, socket, [chunk]);
      } catch (error) {
        this.#log.warn({ reason: describeError(error) }, 'drachtio-server sent what is no frame of its protocol');
        this.#lost('what answers there does not speak its protocol');
        socket.destroy();
      }
    });
  }

  #authenticated(error: unknown, hostports: unknown, version: unknown): void {
    if (this.#isOver()) return;
    if (error !== null) {
      const refused = new AppError('sip-drachtio-refused', 'drachtio-server does not accept the secret', {
        retryable: false,
        remedy: 'Correct provisioner.sip.secret, then restart.',
      });
      this.#log.error({ code: refused.code }, 'drachtio-server refused us; not tried again');
      this.#stop({ kind: 'refused', error: refused });
      return;
    }
    const told = parseHostports(hostports);
    if (isTooOld(version)) this.#log.warn({ version }, 'drachtio-server is older than 0.9.10, which is needed');
    if (told.size === 0) {
      this.#state = { kind: 'connecting', detail: 'it names no SIP ports' };
      this.#askAgain ??= this.#reconnectSoon();
      return;
    }
    this.#state = { kind: 'ready', hostports: told };
    this.#log.info({ hostports: [...told].map((pair) => pair.join('/')), version }, 'linked to drachtio-server');
  }

  #reconnectSoon(): NodeJS.Timeout {
    return setTimeout(() => this.#socket?.destroy(), ASK_AGAIN_MS).unref();
  }

  /** The first reason stays: `close` follows whatever ended the link. */
  #lost(detail: string): void {
    if (this.#isOver()) return;
    clearTimeout(this.#askAgain);
    this.#askAgain = undefined;
    if (this.#state.kind === 'ready' || this.#socket !== null) {
      this.#log.warn({ reason: detail }, 'the link to drachtio-server was lost');
      this.#state = { kind: 'connecting', detail };
    }
    this.#socket = null;
    this.#onLost(detail);
  }

  #isOver(): boolean {
    return this.#state.kind === 'refused' || this.#state.kind === 'closed';
  }

  #stop(state: State): void {
    this.#state = state;
    clearTimeout(this.#askAgain);
    const wire = this.#wire();
    if (wire !== null) {
      wire.closing = true;
      clearTimeout(wire.reconnectVars?.retryTimer ?? undefined);
      wire.socket?.destroy();
    }
    this.#socket?.destroy();
    this.#socket = null;
    this.#onLost('the link was closed');
  }
}

function checkSecret(secret: Secret): void {
  if (!/[|\u0000-\u001f\u007f]/.test(secret.reveal())) return;
  throw new AppError('sip-protocol', 'provisioner.sip.secret holds a "|" or a control character', {
    retryable: false,
    remedy: 'drachtio-server cannot be told such a secret: choose another.',
  });
}

/** drachtio-srf's debug output holds the secret and every Authorization header. */
function checkDebug(debug: string): void {
  if (!debug.split(/[\s,]+/).some((name) => name.startsWith('*') || name.startsWith('drachtio'))) return;
  throw new AppError('sip-unavailable', 'DEBUG would make drachtio-srf print secrets', {
    retryable: false,
    remedy: 'Start without drachtio in the environment variable DEBUG.',
  });
}
