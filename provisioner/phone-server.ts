import { hash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { describeError } from '../schemas/app-error.ts';
import type { PhoneFetch, PhoneRequest } from '../store/phone-ports.ts';
import { ANSWER_HEADERS, type Catalogue, type CatalogueFile } from './catalogue.ts';
import { rangeOf } from './core/byte-range.ts';
import { judgeRequest, type Judgement } from './core/judge-request.ts';
import { phonePathOf, soughtIn, type PhonePath, type Sought } from './core/phone-request.ts';
import { createPhoneListener, refuseUnparsed, type PhoneTls } from './phone-listener.ts';

export interface PhoneServerDeps {
  readonly catalogue: Pick<Catalogue, 'find' | 'standingOf' | 'named'>;
  /**
   * Brings the catalogue up to all that was committed so far: asked before anybody is sent away, for a phone may come
   * with its token a moment after the token was given. Must not reject.
   */
  readonly catchUp?: () => Promise<void>;
  /** For the path before `/p/`, should a proxy pass it on. */
  readonly publicUrl: string;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
  readonly tls?: PhoneTls | null;
  /** Told of a file once it was wholly handed to the phone's connection. Must not throw. */
  readonly onFetch: (fetch: PhoneFetch) => void;
  /** Told of every request that concerns a phone, once it is over. Must not throw. */
  readonly onRequest?: (request: PhoneRequest) => void;
}

/** Requests that are still being answered have this long when the server closes; the rest is cut off. */
const CLOSE_MS = 4_000;
const MAX_USER_AGENT = 256;
const TEXT = { ...ANSWER_HEADERS, 'content-type': 'text/plain; charset=utf-8' };
const NOT_FOUND = 'not found\n';
const NOT_ALLOWED = 'method not allowed\n';
const NOT_FOUND_HEADERS = { ...TEXT, 'content-length': NOT_FOUND.length };
const NOT_ALLOWED_HEADERS = { ...TEXT, allow: 'GET, HEAD', 'content-length': NOT_ALLOWED.length };

/** What is known of a request, for the log and for who is told of fetches. */
interface Exchange {
  readonly path: PhonePath | null;
  readonly sought: Sought;
  readonly tokenHash: string;
  readonly address: string;
  file: CatalogueFile | null;
  /** Its file could not be rendered. */
  isUnwritten: boolean;
  /** The answer shows that the phone has all bytes of the file. */
  provesWhole: boolean;
  /** The answer carried the file, or a part of it, or said that it has not changed. */
  isFetch: boolean;
}

/**
 * What phones talk to; it listens nowhere yet. Everything that is not a file of the phone whose token it is gets one and the
 * same 404: unknown MAC, wrong token, wrong file, ended enrolment, any other path (phones guide 7, item 11). Never a 5xx: a
 * phone may take one for a broken server and forget its way home.
 */
export function buildPhoneServer(given: PhoneServerDeps): FastifyInstance {
  const { tls = null } = given;
  // Every field of these lines is named here and none is a secret; searching each for one took a fifth of a request.
  const deps = { ...given, log: given.log.child({}, { redact: ['token'] }) };
  const prefix = new URL(deps.publicUrl).pathname.replace(/\/+$/, '');
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost more than what is said of it.
    childLoggerFactory: (logger) => logger,
    requestIdHeader: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    serverFactory: (listener) => createPhoneListener(listener, tls),
    // Every target is one route: what it means is read from the target as it came, and nowhere else.
    rewriteUrl: () => '/',
    clientErrorHandler: refuseUnparsed,
    frameworkErrors: (_error, request, reply) => {
      answer(request, reply);
    },
  });
  // Before any routing, and the only thing that answers: no path, method or body can take another way.
  app.addHook('onRequest', (request, reply) => {
    answer(request, reply);
  });
  app.route({ method: ['GET', 'HEAD'], url: '/', handler: answer });
  closeInTime(app);
  return app;

  function answer(request: FastifyRequest, reply: FastifyReply): void {
    const path = phonePathOf(request.originalUrl, prefix);
    const sought = soughtIn(request.originalUrl, prefix);
    const exchange: Exchange = {
      path,
      sought,
      tokenHash: hash('sha256', sought.token ?? '', 'hex'),
      address: addressOf(request),
      file: null,
      isUnwritten: false,
      provesWhole: false,
      isFetch: false,
    };
    noteEnd(deps, request, reply, exchange);
    // From here on node alone writes the answer: nothing is to be added to it or counted again.
    reply.hijack();
    const { method } = request.raw;
    if (method !== 'GET' && method !== 'HEAD') {
      send(request, reply, 405, NOT_ALLOWED_HEADERS, NOT_ALLOWED);
      return;
    }
    const file = findFile(deps, exchange);
    if (file !== null || deps.catchUp === undefined || path === null) sendFound(request, reply, exchange, file);
    else
      void deps.catchUp().then(() => {
        sendFound(request, reply, exchange, findFile(deps, exchange));
      });
  }
}

function sendFound(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, file: CatalogueFile | null): void {
  exchange.file = file;
  if (file === null) send(request, reply, 404, NOT_FOUND_HEADERS, NOT_FOUND);
  else sendFile(request, reply, exchange, file);
}

function findFile({ catalogue, log }: PhoneServerDeps, exchange: Exchange): CatalogueFile | null {
  const { path, tokenHash } = exchange;
  if (path === null) return null;
  try {
    return catalogue.find(path.kind, tokenHash, path.file);
  } catch (error) {
    exchange.isUnwritten = true;
    log.error(
      { mac: catalogue.standingOf(tokenHash)?.mac ?? null, error: describeError(error) },
      'phone file not rendered',
    );
    return null;
  }
}

function send(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  answer: OutgoingHttpHeaders,
  body?: Buffer | string,
): void {
  const { headers } = raw;
  // A body is not read; what follows it on the connection would be taken for a request.
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  reply.raw.writeHead(status, hasBody ? { ...answer, connection: 'close' } : answer);
  reply.raw.end(body);
}

/** The file, a part of it, or the news that the phone has it already (RFC 9110 §13.2.2, §14.2). */
function sendFile(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, file: CatalogueFile): void {
  const { headers, method } = request.raw;
  const { bytes, etag } = file;
  const isGet = method === 'GET';
  const known = headers['if-none-match'];
  if (known !== undefined && (known.trim() === '*' || etagsOf(known).includes(etag))) {
    exchange.isFetch = isGet;
    // Who names these bytes has them; who sends `*` has something.
    exchange.provesWhole = isGet && known.trim() !== '*';
    send(request, reply, 304, { ...ANSWER_HEADERS, etag });
    return;
  }
  const condition = headers['if-range'];
  const range = isGet && (condition === undefined || condition === etag) ? rangeOf(headers.range, bytes.length) : null;
  if (range === 'unsatisfiable') {
    send(request, reply, 416, {
      ...ANSWER_HEADERS,
      etag,
      'content-range': `bytes */${bytes.length}`,
      'content-length': 0,
    });
    return;
  }
  exchange.isFetch = isGet;
  if (range === null) {
    exchange.provesWhole = isGet;
    send(request, reply, 200, file.headers, bytes);
    return;
  }
  const { first, last } = range;
  // The end of a file whose beginning the phone has of these very bytes makes it whole.
  exchange.provesWhole = last === bytes.length - 1 && (first === 0 || condition === etag);
  const part = bytes.subarray(first, last + 1);
  const place = { 'content-range': `bytes ${first}-${last}/${bytes.length}`, 'content-length': part.length };
  send(request, reply, 206, { ...file.headers, ...place }, part);
}

function etagsOf(header: string): readonly string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

/** One line a request, however it ends, and word of a fetch if it ended well. Never a URL, a token or a key. */
function noteEnd(deps: PhoneServerDeps, request: FastifyRequest, reply: FastifyReply, exchange: Exchange): void {
  const { raw } = request;
  const { socket } = raw;
  let isSent = false;
  // Node tells it too when the connection was destroyed with bytes still ours to send. Ahead of node's own listener, which
  // ends a connection that is not kept alive.
  reply.raw.prependOnceListener('finish', () => {
    isSent = !socket.destroyed;
  });
  reply.raw.once('close', () => {
    const at = deps.now();
    const { file, path, tokenHash, address } = exchange;
    const userAgent = raw.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null;
    const judgements = judge(deps, exchange, raw.method ?? '', userAgent);
    deps.log.info(
      {
        method: raw.method,
        status: reply.raw.statusCode,
        ...(file === null ? refusalNotes(exchange, judgements) : { mac: file.mac, file: file.file }),
        ms: Math.round(reply.elapsedTime * 10) / 10,
        address,
        ...(isSent ? {} : { aborted: true }),
      },
      'phone answered',
    );
    const { method = '' } = raw;
    const seen = {
      at,
      firstAt: at,
      times: 1,
      method,
      file: exchange.sought.file,
      status: reply.raw.statusCode,
      address,
    };
    // Who went away before the answer was his has got nothing, and is logged.
    if (isSent) for (const judgement of judgements) deps.onRequest?.({ ...judgement, ...seen, userAgent });
    if (!isSent || file === null || path === null || !exchange.isFetch) return;
    deps.onFetch({
      mac: file.mac,
      at,
      file: file.file,
      sha256: file.sha256,
      tokenHash,
      address,
      userAgent,
      isWhole: file.isWhole && exchange.provesWhole,
    });
  });
}

function judge(
  { catalogue }: PhoneServerDeps,
  { sought, file, tokenHash, isUnwritten }: Exchange,
  method: string,
  userAgent: string | null,
): readonly Judgement[] {
  const isMethodRefused = method !== 'GET' && method !== 'HEAD';
  const standing = sought.token === null ? null : catalogue.standingOf(tokenHash);
  const asked = { sought, isServed: file !== null, isMethodRefused, isUnwritten, userAgent, standing };
  return judgeRequest(asked, (mac) => catalogue.named(mac));
}

/** Why there was a 404, for the person who reads the log: nobody else is told. */
function refusalNotes({ sought }: Exchange, [first]: readonly Judgement[]): object {
  const { token, file } = sought;
  if (first?.origin === 'own') return { why: first.why, mac: first.mac, ...(file === null ? {} : { file }) };
  const why = first?.why ?? (token === null ? 'no-token' : 'token-unknown');
  const tokenEnd = token === null || token.length < 16 ? {} : { tokenEnd: token.slice(-4) };
  return { why, ...(first === undefined ? {} : { mac: first.mac }), ...tokenEnd };
}

function addressOf({ raw }: FastifyRequest): string {
  return (raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function closeInTime(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const timer = setTimeout(() => {
      app.server.closeAllConnections();
    }, CLOSE_MS);
    app.server.once('close', () => {
      clearTimeout(timer);
    });
    timer.unref();
    done();
  });
}
