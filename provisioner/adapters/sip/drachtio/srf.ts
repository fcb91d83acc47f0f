import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/**
 * The little of drachtio-srf 5.0.29 that we use, in types of our own: the package's declarations leave out what matters
 * here. It is CommonJS, and loaded only where the configuration asks for drachtio. What comes out of it is checked.
 */
export interface Srf {
  connect(options: {
    readonly host: string;
    readonly port: number;
    readonly secret: string;
    readonly reconnect: { readonly retryMaxDelay: number };
  }): unknown;
  on(event: 'error' | 'close' | 'connect', listener: (...args: unknown[]) => void): unknown;
  /**
   * The callback form only: the promise form resumes a turn too late when `response OK` and the answer's frame came in one
   * chunk, and the answer is lost. Throws when there is no link.
   */
  request(
    uri: string,
    options: {
      readonly method: string;
      readonly proxy: string;
      readonly headers: Readonly<Record<string, string>>;
    },
    callback: (error: unknown, request: unknown) => void,
  ): unknown;
}

/**
 * The wire of an srf that was told to connect. Not public, and needed: while it waits to reconnect srf.disconnect() throws
 * before it has stopped anything, and a frame it does not understand is thrown out of the socket's event.
 */
export interface SrfWire {
  closing?: boolean;
  reconnectVars?: { retryTimer?: NodeJS.Timeout | null };
  socket?: Socket;
  on(event: 'connect', listener: (socket: Socket) => void): unknown;
}

/** What a request's `response` event brings. */
export interface SrfResponse {
  readonly status: number;
  /** Whom it came from; empty, with port 0: drachtio-server made it up itself. */
  readonly address: string;
  readonly port: number;
  /** The message as it came. */
  readonly raw: string;
}

/** A request that drachtio-server has sent. */
export interface SrfRequest {
  on(event: 'response', listener: (response: unknown) => void): unknown;
}

/** A new srf; its wire can be had once `connect` was called. */
export function newSrf(): { readonly srf: Srf; readonly wire: () => SrfWire | null } {
  const loaded: unknown = createRequire(import.meta.url)('drachtio-srf');
  if (!isClass(loaded)) throw new TypeError('drachtio-srf is not that of 5.0');
  const srf = new loaded();
  if (!isSrf(srf)) throw new TypeError('drachtio-srf is not that of 5.0');
  return {
    srf,
    wire: () => {
      const wire = field(field(field(srf, 'app'), 'client'), 'wp');
      return isWire(wire) ? wire : null;
    },
  };
}

export function isSrfRequest(value: unknown): value is SrfRequest {
  return typeof field(value, 'on') === 'function';
}

/** Null when it is not what drachtio-srf 5.0 hands out. */
export function srfResponseOf(value: unknown): SrfResponse | null {
  const [status, address, port, raw] = [
    field(value, 'status'),
    field(value, 'source_address'),
    field(value, 'source_port'),
    field(field(value, 'msg'), 'raw'),
  ];
  if (typeof status !== 'number' || typeof raw !== 'string') return null;
  return {
    status,
    address: typeof address === 'string' ? address : '',
    port: typeof port === 'number' ? port : 0,
    raw,
  };
}

function isClass(value: unknown): value is new () => unknown {
  return typeof value === 'function';
}

function isSrf(value: unknown): value is Srf {
  return ['connect', 'on', 'request'].every((name) => typeof field(value, name) === 'function');
}

function isWire(value: unknown): value is SrfWire {
  return typeof field(value, 'on') === 'function' && typeof field(value, 'installListeners') === 'function';
}

function field(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  return Reflect.get(value, name);
}
