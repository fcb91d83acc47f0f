import { hash } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { describeError } from '../schemas/app-error.ts';
import type { PhoneFetch, PhoneRequest } from '../store/phone-ports.ts';
import type { ClientCertificates } from './client-certificates.ts';
import type { Catalogue } from './catalogue.ts';
import { ANSWER_HEADERS, type CatalogueFile } from './catalogue-file.ts';
import { GuessLimits } from './core/guess-limits.ts';
import { isGuarded, ledFileOf, phonePathOf, soughtIn } from './core/phone-request.ts';
import type { LedPhones } from './led-phones.ts';
import { noteEnd, type Exchange } from './note-exchange.ts';
import type { Comer, Identity, PhoneAuth } from './phone-auth.ts';
import { send, sendFile } from './phone-answer.ts';
import { createPhoneListener, refuseUnparsed, type ListenerLimits, type PhoneTls } from './phone-listener.ts';

export interface PhoneServerDeps {
  readonly catalogue: Pick<Catalogue, 'find' | 'standingOf' | 'named' | 'certified' | 'findOwn'>;
  /** Who comes by its factory certificate, under `/c/`. */
  readonly certificates?: ClientCertificates | null;
  /** Who comes with a user and a password, under `/c/`; without it nothing is there. */
  readonly auth?: PhoneAuth | null;
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
const UNAUTHORIZED = 'unauthorized\n';
const NOT_ALLOWED = 'method not allowed\n';
const NOT_FOUND_HEADERS = { ...TEXT, 'content-length': NOT_FOUND.length };
const UNAUTHORIZED_HEADERS = { ...TEXT, 'content-length': UNAUTHORIZED.length };
const NOT_ALLOWED_HEADERS = { ...TEXT, allow: 'GET, HEAD', 'content-length': NOT_ALLOWED.length };

/**
 * What phones talk to; it listens nowhere yet. Everything that is not a file of the phone whose token it is gets one and the
 * same 404: unknown MAC, wrong token, wrong file, ended enrolment, any other path (phones guide 7, item 11); but for what a
 * phone that DHCP led here may have (`led`). Under `/c/` all that does not say whose it is gets one and the same 401: no user,
 * an unknown one, a wrong password, any file and any path. Never a 5xx: a phone may take one for a broken server and forget
 * its way home.
 */
export function buildPhoneServer(given: PhoneServerDeps): FastifyInstance {
  const { tls = null } = given;
  // Every field of these lines is named here and none is a secret; searching each for one took a fifth of a request.
  const { limits = new GuessLimits(), auth = null, certificates = null } = given;
  const deps = { ...given, limits, log: given.log.child({}, { redact: ['token'] }) };
  const { pathname, protocol, hostname } = new URL(deps.publicUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const isHttps = protocol === 'https:' || /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
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
      tokenHash: sought.token === null ? null : hash('sha256', sought.token, 'hex'),
      refused: null,
      presented: { kind: 'none' },
      certified: null,
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
    // The path of publicUrl may be /c, too: what is read as a token's is one.
    const isBelow = path === null ? isGuarded(request.originalUrl, prefix) : path.kind === 'credentials';
    if (certificates !== null && isBelow) exchange.presented = certificates.presentedOn(request.raw.socket);
    const go = (): void => {
      if (certify(exchange)) sendFound(request, reply, exchange, findFile(deps, exchange));
      else if (auth !== null && isBelow) answerGuarded(auth, request, reply, exchange);
      else answerByToken(request, reply, exchange);
    };
    // Also a phone that was enrolled a moment ago is known by its certificate.
    const isNews = exchange.presented.kind === 'holder' && !certify(exchange);
    if (!isNews || deps.catchUp === undefined || limits.isLimited(exchange.address, deps.now())) go();
    else void deps.catchUp().then(go);
  }

  function answerByToken(request: FastifyRequest, reply: FastifyReply, exchange: Exchange): void {
    const isLed = exchange.path === null && deps.led?.isLed(exchange.address) === true;
    // Whether it guesses is looked at only where nothing is found by its token: a boot storm is of phones that have theirs.
    const isLimited = (): boolean => limits.isLimited(exchange.address, deps.now());
    const led = isLed && !isLimited() ? ledFileOf(request.originalUrl, prefix) : null;
    const find = (): CatalogueFile | null => (led === null ? findFile(deps, exchange) : findLed(deps, exchange, led));
    const file = find();
    // A guesser gets the same answer as everybody, and makes no work for it: the catalogue is some 50 ms behind at most.
    const { path, tokenHash } = exchange;
    const isOfNobody = led === null && (path === null || tokenHash === null);
    const isHasty = file !== null || deps.catchUp === undefined || isOfNobody || isLimited();
    if (isHasty) sendFound(request, reply, exchange, file);
    else
      void deps.catchUp?.().then(() => {
        sendFound(request, reply, exchange, find());
      });
  }

  /** True for a phone whose certificate is its own; any other one has brought nothing. */
  function certify(exchange: Exchange): boolean {
    const { presented } = exchange;
    if (presented.kind !== 'holder') return false;
    exchange.certified = deps.catalogue.certified(presented.mac, presented.vendor);
    if (exchange.certified !== null) exchange.tokenHash = presented.hash;
    return exchange.certified !== null;
  }

  function answerGuarded(auth: PhoneAuth, request: FastifyRequest, reply: FastifyReply, exchange: Exchange): void {
    const comer = comerOf(request, exchange, isHttps);
    const look = (): Identity => {
      const identity = auth.identify(comer);
      exchange.refused = identity.kind === 'unknown' ? identity : null;
      exchange.tokenHash = identity.kind === 'known' ? identity.tokenHash : null;
      return identity;
    };
    const answerNow = (identity: Identity): void => {
      if (identity.kind === 'known') sendFound(request, reply, exchange, findFile(deps, exchange));
      else {
        const challenges = [...auth.challenges(comer, identity.why)];
        send(request, reply, 401, { ...UNAUTHORIZED_HEADERS, 'www-authenticate': challenges }, UNAUTHORIZED);
      }
    };
    const identity = look();
    const isNews = identity.kind === 'known' ? findFile(deps, exchange) === null : identity.why === 'credentials-wrong';
    // As above: also who was given his password a moment ago is known.
    if (!isNews || deps.catchUp === undefined || limits.isLimited(exchange.address, deps.now())) answerNow(identity);
    else
      void deps.catchUp().then(() => {
        answerNow(look());
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
  if (path === null || tokenHash === null) return null;
  try {
    if (exchange.certified !== null) return catalogue.findOwn(exchange.certified.mac, path.file);
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

/** Basic is for who comes by TLS, or from this box itself: a proxy beside us, where the URL that phones have is https. */
function comerOf({ raw, originalUrl }: FastifyRequest, { address }: Exchange, isHttps: boolean): Comer {
  const isLocal = /^(?:127\.|::1$)/.test(address);
  return {
    authorization: raw.headers.authorization,
    method: raw.method ?? 'GET',
    target: originalUrl,
    address,
    isProtected: raw.socket instanceof TLSSocket || (isLocal && isHttps),
  };
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
