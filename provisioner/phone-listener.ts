import { constants } from 'node:crypto';
import { createServer, STATUS_CODES, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface PhoneTls {
  readonly cert: string;
  readonly key: string;
  /** Phones are asked for a certificate, which may end at one of these authorities (PEM); none need have one. */
  readonly clientAuthorities?: readonly string[];
  /** For phones that know no TLS 1.2: what no other listener takes. */
  readonly legacy?: { readonly minVersion: 'TLSv1' | 'TLSv1.1'; readonly ciphers: string };
}

/** For `listen`: after a power cut all of them come within a second. */
export const PHONE_BACKLOG = 4096;

/** What one connection may take, and how many there may be. */
export interface ListenerLimits {
  readonly connections: number;
  readonly headerBytes: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  readonly keepAliveMs: number;
  /** How often it is looked for requests that take too long. */
  readonly lookMs: number;
}

export const LISTENER_LIMITS: ListenerLimits = {
  // Every phone of a big site at once, and then some.
  connections: 12_000,
  // A phone says little; no token and no file name of ours is near it.
  headerBytes: 8 * 1024,
  headersMs: 10_000,
  requestMs: 15_000,
  // Nothing moved on the connection for so long: not even a slow phone on a bad link is that slow.
  idleMs: 30_000,
  keepAliveMs: 5_000,
  lookMs: 5_000,
};

/** The server under fastify, with limits against slow and endless requests; plain HTTP without TLS material. */
export function createPhoneListener(
  listener: RequestListener,
  tls: PhoneTls | null,
  limits: ListenerLimits = LISTENER_LIMITS,
): Server {
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.lookMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
    noDelay: true,
  };
  const server =
    tls === null ? createServer(options, listener) : createTlsServer({ ...options, ...tlsOptionsOf(tls) }, listener);
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs);
  keepRoom(server, limits.connections);
  return server;
}

function tlsOptionsOf({ cert, key, clientAuthorities, legacy }: PhoneTls): TlsOptions {
  // Without level 0 OpenSSL 3 does not begin to speak TLS 1.0 or 1.1: they sign with SHA-1.
  if (legacy !== undefined)
    return { cert, key, minVersion: legacy.minVersion, ciphers: `${legacy.ciphers}:@SECLEVEL=0` };
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  if (clientAuthorities === undefined) return options;
  return {
    ...options,
    ca: [...clientAuthorities],
    requestCert: true,
    // Who has none, or one that is not taken, is a phone like any other.
    rejectUnauthorized: false,
    // A resumed session brings no chain, and whose authority vouches for it could not be told.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

interface Place {
  readonly accepted: Socket;
  /** To what it asked last; null: it has asked for nothing yet. */
  answer: ServerResponse | null;
}

/**
 * Keeps the last place free: the connection that has asked for nothing for longest gives way. So thousands of silent ones
 * shut no phone out, for a phone asks as soon as it is connected.
 */
function keepRoom(server: Server, most: number): void {
  // The one that asked longest ago first.
  const open = new Set<Place>();
  const places = new WeakMap<Socket, Place>();
  // By address and port of the peer: under TLS requests come on another socket than was accepted.
  const handshaking = new Map<string, Place>();
  server.on('connection', (accepted: Socket) => {
    const place: Place = { accepted, answer: null };
    const peer = peerOf(accepted);
    open.add(place);
    places.set(accepted, place);
    if (server instanceof TlsServer) handshaking.set(peer, place);
    accepted.once('close', () => {
      open.delete(place);
      if (handshaking.get(peer) === place) handshaking.delete(peer);
    });
    if (open.size < most) return;
    for (const { accepted: oldest, answer } of open) {
      if (answer !== null && !answer.closed) continue;
      oldest.destroy();
      break;
    }
  });
  server.on('secureConnection', (socket: Socket) => {
    const peer = peerOf(socket);
    const place = handshaking.get(peer);
    handshaking.delete(peer);
    if (place !== undefined) places.set(socket, place);
  });
  server.on('request', ({ socket }, answer) => {
    const place = places.get(socket);
    if (place === undefined || !open.delete(place)) return;
    place.answer = answer;
    open.add(place);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
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
