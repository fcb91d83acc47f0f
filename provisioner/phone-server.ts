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
import { GuessLimits } from './core/guess-limits.ts';
import { ledFileOf, phonePathOf, soughtIn } from './core/phone-request.ts';
import type { LedPhones } from './led-phones.ts';
import { noteEnd, type Exchange } from './note-exchange.ts';
import { createPhoneListener, refuseUnparsed, type ListenerLimits, type PhoneTls } from './phone-listener.ts';

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
  /** Who is given his enrolment though he brings no token; left out: nobody is. */
  readonly led?: LedPhones;
  /** How much of what is nobody's one address may ask for. */
  readonly limits?: GuessLimits;
  readonly listener?: ListenerLimits;
}

/** Requests that are still being answered have this long when the server closes; the rest is cut off. */
const CLOSE_MS = 4_000;
const TEXT = { ...ANSWER_HEADERS, 'content-type': 'text/plain; charset=utf-8' };
const NOT_FOUND = 'not found\n';
const NOT_ALLOWED = 'method not allowed\n';
const NOT_FOUND_HEADERS = { ...TEXT, 'content-length': NOT_FOUND.length };
const NOT_ALLOWED_HEADERS = { ...TEXT, allow: 'GET, HEAD', 'content-length': NOT_ALLOWED.length };

/**
 * What phones talk to; it listens nowhere yet. Everything that is not a file of the phone whose token it is gets one and the
 * same 404: unknown MAC, wrong token, wrong file, ended enrolment, any other path (phones guide 7, item 11); but for what a
 * phone that DHCP led here may have (`led`). Never a 5xx: a phone may take one for a broken server and forget its way home.
 */
export function buildPhoneServer(given: PhoneServerDeps): FastifyInstance {
  const { tls = null } = given;
  // Every field of these lines is named here and none is a secret; searching each for one took a fifth of a request.
  const { limits = new GuessLimits() } = given;
  const deps = { ...given, limits, log: given.log.child({}, { redact: ['token'] }) };
  const prefix = new URL(deps.publicUrl).pathname.replace(/\/+$/, '');
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost more than what is said of it.
    childLoggerFactory: (logger) => logger,
    requestIdHeader: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    serverFactory: (listener) => createPhoneListener(listener, tls, given.listener),
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
    const sought = soughtIn(request.originalUrl, prefix, path);
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
    const isLimited = limits.isLimited(exchange.address, deps.now());
    const isLed = path === null && !isLimited && deps.led?.isLed(exchange.address) === true;
    const led = isLed ? ledFileOf(request.originalUrl, prefix) : null;
    const find = (): CatalogueFile | null => (led === null ? findFile(deps, exchange) : findLed(deps, exchange, led));
    const file = find();
    // A guesser gets the same answer as everybody, and makes no work for it: the catalogue is some 50 ms behind at most.
    const isHasty = deps.catchUp === undefined || (path === null && led === null) || isLimited;
    if (file !== null || isHasty) sendFound(request, reply, exchange, file);
    else
      void deps.catchUp?.().then(() => {
        sendFound(request, reply, exchange, find());
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

/** As if it had come by its enrolmentUrl: it is told of, logged and counted so. */
function findLed(
  deps: PhoneServerDeps,
  exchange: Exchange,
  { file, mac }: { file: string; mac: string },
): CatalogueFile | null {
  const enrolment = deps.led?.enrolment(mac);
  if (enrolment === undefined || typeof enrolment === 'string') return null;
  const told = { kind: 'enrolment', token: '', file } as const;
  exchange.path = told;
  exchange.sought = told;
  exchange.tokenHash = enrolment.tokenHash;
  return findFile(deps, exchange);
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
