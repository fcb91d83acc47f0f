import type { ProblemCode } from '../../schemas/problem-types.ts';
import { Notice } from '../../schemas/subscriber.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { NoParams, NoQuery } from '../http/query.ts';
import { NO_BODY, route, type RouteHeader } from '../http/route.ts';
import { endNotice, putNotice } from '../subscribers.ts';
import { NoticeParams } from './parameters.ts';

const headers: readonly RouteHeader[] = ['If-Match', 'Idempotency-Key', 'Prefer'];
const problems: readonly ProblemCode[] = ['not-found', 'precondition-failed', 'key-in-progress', 'key-reused'];

export const noticeRoutes = [
  route({
    method: 'PUT',
    path: '/v1/subscribers/{id}/notices/{kind}',
    scope: 'platform',
    tag: 'notices',
    id: 'putNotice',
    summary: 'Shows a notice to a subscriber',
    description:
      'A `url` replaces the page of the template; https only. When it carries a login token (a query value or a token-like path part), `end` must lie within 6 months, for the link dies then.',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: NoticeParams,
    query: NoQuery,
    body: {
      schema: Notice,
      example: { text: 'Su factura vence el viernes', end: '2026-03-06T23:59:59-03:00', once: true },
    },
    handle: ({ params, body, ...head }, api) => putNotice(api, head, params.id, params.kind, body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscribers/{id}/notices/{kind}',
    scope: 'platform',
    tag: 'notices',
    id: 'endNotice',
    summary: 'Ends a notice; also when there was none',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: NoticeParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => endNotice(api, head, params.id, params.kind),
  }),
  route({
    method: 'POST',
    path: '/v1/notices/reissue',
    scope: 'platform',
    tag: 'notices',
    id: 'reissueNotices',
    summary: 'Writes every live cut-off and notice anew, to the portal’s present URL: add, verify, remove',
    headers: ['Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: ['key-in-progress', 'key-reused'],
    params: NoParams,
    query: NoQuery,
    body: NO_BODY,
    handle: (call, api) => api.intents.submit(call, { kind: 'reissue' }, null),
  }),
];
