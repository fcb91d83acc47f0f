import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';

export interface PhoneTls {
  readonly cert: string;
  readonly key: string;
}

/** Every phone of a big site at once, and then some. */
const MAX_CONNECTIONS = 12_000;
/** For `listen`: after a power cut all of them come within a second. */
export const PHONE_BACKLOG = 4096;
/** A phone says little; no token and no file name of ours is near it. */
const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Nothing moved on the connection for so long: not even a slow phone on a bad link is that slow. */
const IDLE_MS = 30_000;
const KEEP_ALIVE_MS = 5_000;

/** The server under fastify, with limits against slow and endless requests; plain HTTP without TLS material. */
export function createPhoneListener(listener: RequestListener, tls: PhoneTls | null): Server {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  };
  const server =
    tls === null
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  return server;
}

/** Answers what the HTTP parser refuses; the socket is of no use afterwards. */
export function refuseUnparsed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUSES.get(error.code ?? '') ?? 400;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\ncontent-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n`,
  );
}

const STATUSES: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);
