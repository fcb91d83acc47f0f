import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../../schemas/app-error.ts';
import { parseAddress } from '../../schemas/address.ts';
import { leadTo, noNotice, type NoticeAnswer } from './page.ts';

/** One household's devices, and the whole site's: an answer takes milliseconds, so that both are many. */
const MAX_PER_SOURCE = 32;
const MAX_CONNECTIONS = 2048;
/** Headers are read to find the method; cookies of any site come along. */
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 8_000;
const CHECK_EVERY_MS = 1_000;
/** So much of a body is thrown away unread, that the answer may reach its sender; who sends more is cut off. */
const MAX_BODY_BYTES = 64 * 1024;

export interface ListenerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly find: (source: string) => { readonly url: string } | null;
  /** Told of every answer; the URL may hold a token. */
  readonly onAnswer?: (source: string, url: string | null) => void;
  /** Whose connection it is; the lab's subscribers come through a socket of the lab. */
  readonly addressOf?: (socket: Socket) => string | undefined;
  /** Longest wait for a request's headers, ms. */
  readonly headersTimeoutMs?: number;
}

export interface NoticeListener {
  readonly port: number;
  /** Connections turned away: over the limit in total or of one source. */
  readonly refused: number;
  /** Resolves when the server has failed after it listened. */
  readonly failed: Promise<Error>;
  /** Ends every connection; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * The page server: one short answer a connection, by the source address alone. What a request asks for is not looked at,
 * its body is not kept. Rejects with `listen-failed`.
 */
export async function openNoticeListener(options: ListenerOptions): Promise<NoticeListener> {
  const { host, port, find, onAnswer, addressOf = peerOf } = options;
  const sources = new Map<Socket, string>();
  const open = new Map<string, number>();
  const counts = { refused: 0 };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, options.headersTimeoutMs ?? CHECK_EVERY_MS),
      // Answered whole, whatever Host says: it is the name of the site that the subscriber wanted.
      requireHostHeader: false,
      noDelay: true,
    },
    (request, response) => {
      answer(request, response);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = 1;
  server.setTimeout(REQUEST_TIMEOUT_MS);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    discardBody(request);
    const source = sources.get(request.socket) ?? '';
    const url = find(source)?.url ?? null;
    onAnswer?.(source, url);
    const method = request.method ?? 'GET';
    send(response, url === null ? noNotice() : leadTo(url, method), method);
  };
  // A client that waits for a `100 Continue` sends no body at all.
  server.on('checkContinue', answer);
  server.on('drop', () => {
    counts.refused += 1;
  });
  server.on('connection', (socket: Socket) => {
    const source = plainAddress(addressOf(socket));
    const before = open.get(source) ?? 0;
    if (before >= MAX_PER_SOURCE) {
      counts.refused += 1;
      socket.destroy();
      return;
    }
    open.set(source, before + 1);
    sources.set(socket, source);
    socket.once('close', () => {
      sources.delete(socket);
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
  server.on('clientError', refuseUnparsed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw new AppError('listen-failed', `cannot listen for subscribers at ${host}:${port}: ${codeOf(cause)}`, {
      cause,
    });
  });
  const failed = new Promise<Error>((resolve) => server.once('error', resolve));
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    get refused() {
      return counts.refused;
    },
    failed,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

function peerOf(socket: Socket): string | undefined {
  return socket.remoteAddress;
}

function send(response: ServerResponse, { status, headers, body }: NoticeAnswer, method: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}

function discardBody(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) request.socket.destroy();
  });
  request.on('error', () => undefined);
}

/** IPv4 in IPv6 spelling, which a socket that listens on both families shows, is that IPv4 address. */
function plainAddress(text: string | undefined): string {
  return parseAddress(text ?? '')?.text ?? text ?? '';
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

function refuseUnparsed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\ncontent-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n`,
  );
}
