import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../store/ports.ts';
import { parseIdempotencyKey, parseIfMatch, parsePreferWait } from '../core/request-headers.ts';
import type { RequestHead } from './exchange.ts';
import { invalidRequest } from './problems.ts';
import type { Route, RouteHeader } from './route.ts';

/** What a request's head says, read once; headers that the route does not declare are not looked at. */
export function requestHead(
  route: Route,
  request: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly actor: Actor;
    readonly gone: AbortSignal;
  },
): RequestHead {
  const header = (name: RouteHeader): string | null => {
    if (route.headers?.includes(name) !== true) return null;
    const value = request.headers[name.toLowerCase()];
    return value === undefined ? null : String(value);
  };
  const ifMatch = header('If-Match');
  const key = header('Idempotency-Key');
  const prefer = header('Prefer');
  return {
    actor: request.actor,
    requestId: request.id,
    method: request.method,
    path: request.path,
    ifMatch: ifMatch === null ? null : understood('If-Match', parseIfMatch(ifMatch)),
    idempotencyKey: key === null ? null : understood('Idempotency-Key', parseIdempotencyKey(key)),
    waitSeconds: prefer === null ? null : parsePreferWait(prefer),
    lastEventId: header('Last-Event-ID'),
    gone: request.gone,
  };
}

function understood<Value>(name: RouteHeader, value: Value | null): Value {
  if (value !== null) return value;
  throw invalidRequest([{ pointer: `/${name}`, detail: 'is malformed', in: 'header' }]);
}
