import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProblemCode } from '../../schemas/problem-types.ts';
import { ProblemError } from './problems.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

/** A site has few callers; more than this is a fault or an attack. */
const MAX_CONNECTIONS = 512;
const HEADERS_TIMEOUT_MS = 15_000;
/** For the whole request: 64 MiB over a poor link. An answer may take longer (`Prefer: wait`). */
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_REQUESTS_PER_SOCKET = 100_000;

/** The server under fastify, with limits of its own; plain HTTP without TLS material. */
export function createListener(listener: RequestListener, tls: TlsMaterial | null): Server {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 16 * 1024,
  };
  const server =
    tls === null
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  return server;
}

/** Answers what the HTTP parser refuses, as a problem too; the socket is of no use afterwards. */
export function refuseUnparsed(error: Error & { readonly code?: string }, socket: Duplex, requestId: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = new ProblemError(codeOf(error.code));
  const body = JSON.stringify(problem.document(requestId));
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': String(new TextEncoder().encode(body).length),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const reason = STATUS_CODES[problem.status] ?? 'Error';
  socket.end(`HTTP/1.1 ${String(problem.status)} ${reason}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function codeOf(code: string | undefined): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'malformed-request';
}
