import type { ServerResponse } from 'node:http';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { TokenConfig } from '../schemas/config/control.ts';
import { LoginThrottle } from './core/login-throttle.ts';
import { methodsOf } from './core/path-match.ts';
import { sendAnswer, sendProblem } from './http/answer.ts';
import { authenticate, authorize, stillMay } from './http/authenticate.ts';
import { createListener, refuseUnparsed, type TlsMaterial } from './http/listener.ts';
import type { Answer, RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { servePages } from './http/pages.ts';
import { readBody, type BodyHead } from './http/request-body.ts';
import { requestHead } from './http/request-head.ts';
import type { Route } from './http/route.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import { problemFrom } from './http/translate-error.ts';
import { trackUntouched } from './http/untouched-sockets.ts';
import { dashboardPages } from './routes/dashboard.ts';
import { ROUTES } from './routes/table.ts';
import { prepareRows } from './snapshot-rows.ts';
import { makeServices, type ServiceDeps, type Services } from './services.ts';

export interface ServerDeps extends ServiceDeps {
  readonly log: FastifyBaseLogger;
  readonly tls?: TlsMaterial | null;
  /** Told when the journal can be watched no longer: whoever runs the server should end it. */
  readonly onFault?: (error: unknown) => void;
}

const BODY_LIMIT = 256 * 1024;
const WATCH_EVERY_MS = 50;
/** Requests that are still being answered have this long when the server closes; the rest is cut off. */
const CLOSE_MS = 4_000;
/** Ids are far shorter; longer ones are to reach the schema, which says what is wrong with them. */
const MAX_PARAM_LENGTH = 16 * 1024;
const ANONYMOUS: TokenConfig = { name: 'anonymous', scopes: ['viewer'], sha256: '' };

/** What is known of a request beside fastify's own. */
interface RequestNotes {
  body: BodyHead;
  token: TokenConfig;
}
type Notes = WeakMap<FastifyRequest, RequestNotes>;
type Paths = Parameters<typeof methodsOf>[0];

/** The HTTP API over a store; it listens nowhere yet. Its journal watch runs from `ready()` to `close()`. */
export function buildServer(deps: ServerDeps): FastifyInstance {
  const services = makeServices(deps);
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: deps.newId,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    serverFactory: (listener) => createListener(listener, deps.tls ?? null),
    clientErrorHandler: (error, socket) => {
      refuseUnparsed(error, socket, deps.newId());
    },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request.id, reply, problemFrom(error));
    },
  });
  const notes: Notes = new WeakMap();
  const throttle = new LoginThrottle();
  const pages = dashboardPages();
  receiveRequests(app, { notes, isTls: deps.tls != null, paths: [...ROUTES, ...pages] });
  answerErrors(app);
  noteAnswers(app, services, notes);
  for (const route of ROUTES) {
    app.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      onRequest: (request, _reply, done) => {
        admit(route, request, { notes, throttle, deps });
        done();
      },
      handler: async (request, reply) => {
        const token = notes.get(request)?.token ?? ANONYMOUS;
        const answer = await runRoute(route, request, services, {
          actor: { name: token.name, via: 'api' },
          gone: hangUpOf(reply.raw),
        });
        if (isOfPlatform(route, answer)) await noteContact(services, request);
        const { streams } = services;
        const mayRead = (): boolean => stillMay(deps.settings().tokens, token, route.scope);
        return sendAnswer(request, reply, answer, { streams, mayRead });
      },
    });
  }
  servePages(app, pages);
  runWithServer(app, deps, services);
  return app;
}

/** Before anything else: our headers, and whether there is such a route. */
function receiveRequests(
  app: FastifyInstance,
  { notes, isTls, paths }: { readonly notes: Notes; readonly isTls: boolean; readonly paths: Paths },
): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    if (isTls) reply.header('strict-transport-security', 'max-age=31536000');
    const { headers } = request.raw;
    const body = { type: headers['content-type'], encoding: headers['content-encoding'] };
    notes.set(request, { body, token: ANONYMOUS });
    // fastify would refuse an unreadable Content-Type before it looks whether there is a body at all.
    delete headers['content-type'];
    done(request.is404 ? noSuchRoute(paths, request) : undefined);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    const head = notes.get(request)?.body ?? { type: undefined, encoding: undefined };
    try {
      done(null, readBody(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, head));
    } catch (error) {
      done(problemFrom(error));
    }
  });
}

function noSuchRoute(paths: Paths, request: FastifyRequest): ProblemError {
  const allowed = methodsOf(paths, pathOf(request));
  return allowed.length === 0
    ? new ProblemError('no-such-route')
    : new ProblemError('method-not-allowed', {
        detail: `allowed: ${allowed.join(', ')}`,
        headers: { allow: allowed.join(', ') },
      });
}

/** Who asks, and may they: before the body is read. */
function admit(
  route: Route,
  request: FastifyRequest,
  { notes, throttle, deps }: { readonly notes: Notes; readonly throttle: LoginThrottle; readonly deps: ServerDeps },
): void {
  const note = notes.get(request);
  if (note !== undefined && route.takesCsv) note.body = { ...note.body, takesCsv: true };
  if (route.scope === null) return;
  const login = { authorization: request.headers.authorization, address: request.ip, now: deps.clock.now() };
  const token = authenticate(deps.settings().tokens, throttle, login);
  authorize(token, route.scope);
  if (note !== undefined) note.token = token;
}

/** What only a platform's token may ask, and was accepted: the central platform was heard. */
function isOfPlatform({ scope, method }: Route, answer: Answer): boolean {
  return scope === 'platform' && method !== 'GET' && answer.kind === 'json' && answer.status < 300;
}

/** The instruction is accepted: that the contact is not noted must not undo that. */
async function noteContact({ contacts }: Services, request: FastifyRequest): Promise<void> {
  try {
    await contacts.note();
  } catch (error) {
    request.log.error({ requestId: request.id, err: error }, 'contact with the central platform not noted');
  }
}

async function runRoute(
  route: Route,
  request: FastifyRequest,
  services: Services,
  caller: Pick<RequestHead, 'actor' | 'gone'>,
): ReturnType<Route['run']> {
  if (services.isClosing()) throw new ProblemError('shutting-down', { headers: { 'retry-after': '5' } });
  const { id, method, headers, params, query, body } = request;
  const head = requestHead(route, { id, method, path: pathOf(request), headers, ...caller });
  return route.run(head, { params, query, body }, services.api);
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFrom(error);
    if (problem.status >= 500 && problem.code !== 'not-ready') {
      request.log.error(
        { requestId: request.id, problem: problem.code, err: problem.cause ?? problem },
        'request failed',
      );
    }
    return sendProblem(request.id, reply, problem);
  });
}

/** One line and one measurement a request; never a body, a query or a token. */
function noteAnswers(app: FastifyInstance, { api }: Services, notes: Notes): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { method } = request;
    const status = reply.statusCode;
    const actor = notes.get(request)?.token.name;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ requestId: request.id, method, route, status, ms, actor }, 'request answered');
    // A stream's length says how long somebody listened, not how long we took.
    if (!reply.raw.hasHeader('x-accel-buffering'))
      api.metrics.observeRequest(method, route, status, reply.elapsedTime / 1000);
    done();
  });
}

/** The journal watch lives with the server: it starts when it is ready, and ends, with all that waits, before it closes. */
function runWithServer(app: FastifyInstance, { store, onFault }: ServerDeps, services: Services): void {
  const watching = new AbortController();
  const endUntouched = trackUntouched(app.server);
  app.addHook('onReady', (done) => {
    // Compiled now, so that the first restore does not wait for it.
    for (const route of ROUTES) route.prepare();
    prepareRows();
    store
      .watch(WATCH_EVERY_MS, watching.signal, () => {
        services.wake();
      })
      .catch((error: unknown) => onFault?.(error));
    done();
  });
  // A connection that is kept alive would hold up the close until it is cut off.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (services.isClosing()) reply.header('connection', 'close');
    done();
  });
  app.addHook('preClose', (done) => {
    watching.abort();
    services.close();
    endUntouched();
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

function hangUpOf(response: ServerResponse): AbortSignal {
  const hangUp = new AbortController();
  response.once('close', () => {
    hangUp.abort();
  });
  return hangUp.signal;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
