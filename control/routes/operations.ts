import { ReissuedList } from '../../schemas/lists.ts';
import { Operation } from '../../schemas/operation.ts';
import { ReleaseEverywhere } from '../../schemas/router-actions.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { DEFAULT_LIMIT, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { listReissued, readOperation, releaseEverywhere } from '../operations.ts';
import { IdParams, RELEASE_BODY_LIMIT } from './parameters.ts';

export const operationRoutes = [
  route({
    method: 'GET',
    path: '/v1/operations/{id}',
    scope: 'viewer',
    tag: 'operations',
    id: 'getOperation',
    summary: 'How far something that was asked for has come, with evidence',
    answers: { 200: { description: 'The operation', schema: Operation } },
    problems: ['not-found'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readOperation(api, params.id),
  }),
  route({
    method: 'GET',
    path: '/v1/operations/{id}/subscribers',
    scope: 'viewer',
    tag: 'operations',
    id: 'listReissuedSubscribers',
    summary: 'What a change of the portal, or a reissue, did for each subscriber who had a page when it began',
    description:
      'By router and id. Tokens in URLs are masked. An operation of another kind concerns nobody in this way.',
    answers: { 200: { description: 'A page', schema: ReissuedList } },
    problems: ['not-found'],
    params: IdParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ params, query }, api) => listReissued(api, params.id, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'POST',
    path: '/v1/operations/{id}/release',
    scope: 'operator',
    tag: 'operations',
    id: 'releaseOperation',
    summary: 'Lets a held operation through on every router that holds it, or on those named',
    description:
      'Beside the release of one router. What is held is in the plans of the routers; those whom the brake holds are let ' +
      'through, and nobody whom the operation concerns only later. Send back as `shown` what each router’s plan says: then ' +
      'who joined between the read and this release stays held too, as do all on a router that is not in it, and ' +
      '`result.later` says where and how many; read the plans again. Without `shown` those held at this moment are meant. ' +
      'An operation that the brake does not hold is in `result.unknown`: its reason says who ends it. An empty snapshot is ' +
      'released for the whole site only. To withdraw a held operation instead: restore the subscriber, or send a newer ' +
      'snapshot without it.',
    headers: ['Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: ['not-found', 'release-is-whole', 'key-in-progress', 'key-reused'],
    bodyLimit: RELEASE_BODY_LIMIT,
    params: IdParams,
    query: NoQuery,
    body: {
      schema: ReleaseEverywhere,
      example: { routers: ['rb-norte'], shown: { 'rb-norte': 41 } },
      isOptional: true,
    },
    handle: ({ params, body, ...head }, api) => releaseEverywhere(api, head, params.id, body),
  }),
];
