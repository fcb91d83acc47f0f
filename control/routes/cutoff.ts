import { Cutoff } from '../../schemas/subscriber.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { NoQuery } from '../http/query.ts';
import { NO_BODY, route, type RouteHeader } from '../http/route.ts';
import type { ProblemCode } from '../../schemas/problem-types.ts';
import { cutOff, restore } from '../subscribers.ts';
import { IdParams } from './parameters.ts';

const headers: readonly RouteHeader[] = ['If-Match', 'Idempotency-Key', 'Prefer'];
const problems: readonly ProblemCode[] = ['not-found', 'precondition-failed', 'key-in-progress', 'key-reused'];

export const cutoffRoutes = [
  route({
    method: 'PUT',
    path: '/v1/subscribers/{id}/cutoff',
    scope: 'platform',
    tag: 'subscribers',
    id: 'cutOff',
    summary: 'Cuts a subscriber off',
    description:
      'Twice the same is once. Verified means that the router was read back and everything it depends on is sound.',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: {
      schema: Cutoff,
      example: { reason: 'Factura vencida', notBefore: '2026-03-01T08:00:00-03:00' },
    },
    handle: ({ params, body, ...head }, api) => cutOff(api, head, params.id, body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscribers/{id}/cutoff',
    scope: 'platform',
    tag: 'subscribers',
    id: 'restore',
    summary: 'Restores a subscriber; also when none was cut',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => restore(api, head, params.id),
  }),
];
