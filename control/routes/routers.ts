import { Adopt, Adoption } from '../../schemas/adoption.ts';
import { Type } from 'typebox';
import { Doctor } from '../../schemas/doctor.ts';
import { RouterList } from '../../schemas/lists.ts';
import { Claim, Release } from '../../schemas/router-actions.ts';
import { RouterPlan, RouterStatus } from '../../schemas/router.ts';
import type { ProblemCode } from '../../schemas/problem-types.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { DEFAULT_LIMIT, NoParams, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route, type RouteHeader } from '../http/route.ts';
import { releaseOn } from '../operations.ts';
import { actOnRouter, listRouters, readAdoption, readPlan, readRouter } from '../routers.ts';
import { IdParams, RELEASE_BODY_LIMIT } from './parameters.ts';

const PlanQuery = Type.Object(
  { all: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])) },
  { additionalProperties: false },
);

const headers: readonly RouteHeader[] = ['Idempotency-Key', 'Prefer'];
const problems: readonly ProblemCode[] = ['not-found', 'key-in-progress', 'key-reused'];

export const routerRoutes = [
  route({
    method: 'GET',
    path: '/v1/routers',
    scope: 'viewer',
    tag: 'routers',
    id: 'listRouters',
    summary: 'Every router of the configuration',
    answers: { 200: { description: 'A page', schema: RouterList } },
    params: NoParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listRouters(api, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'GET',
    path: '/v1/routers/{id}',
    scope: 'viewer',
    tag: 'routers',
    id: 'getRouter',
    summary: 'What the agent last saw and did',
    answers: { 200: { description: 'The router', schema: RouterStatus } },
    problems: ['not-found'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readRouter(api, params.id),
  }),
  route({
    method: 'GET',
    path: '/v1/routers/{id}/plan',
    scope: 'viewer',
    tag: 'routers',
    id: 'getRouterPlan',
    summary: 'What the agent would do now, as RouterOS commands; what is held, and why',
    description:
      'Tokens in URLs are masked. `heldOperations` says of each whom it would hit and what letting it through would write: ' +
      'the first commands, with `all=true` as many as are kept.',
    answers: { 200: { description: 'The plan of the last pass', schema: RouterPlan } },
    problems: ['not-found', 'no-plan-yet'],
    params: IdParams,
    query: PlanQuery,
    body: NO_BODY,
    handle: ({ params, query }, api) => readPlan(api, params.id, query.all === 'true'),
  }),
  route({
    method: 'POST',
    path: '/v1/routers/{id}/reconcile',
    scope: 'operator',
    tag: 'routers',
    id: 'reconcileRouter',
    summary: 'A full pass now',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => actOnRouter(api, head, { kind: 'reconcile', router: params.id }, null),
  }),
  route({
    method: 'POST',
    path: '/v1/routers/{id}/release',
    scope: 'operator',
    tag: 'routers',
    id: 'releaseOperations',
    summary: 'Lets held operations through the brake, by name',
    description:
      'Those whom the brake holds under these names on this router, as its plan shows them, and nobody who comes later. Send ' +
      'back as `shown` what the plan says of each: then who joined between the read and this release stays held too, and ' +
      '`result.later` says of which name and how many; read the plan again. Without `shown` those held at this moment are ' +
      'meant. `result.released` has the names of which somebody was let through, `result.unknown` the others: where there is ' +
      'no `later` of them they wait for no release here.',
    headers,
    answers: OPERATION_ANSWERS,
    problems: [...problems, 'release-is-whole'],
    bodyLimit: RELEASE_BODY_LIMIT,
    params: IdParams,
    query: NoQuery,
    body: {
      schema: Release,
      example: { operations: ['op-mf3k2x1a-5b7c9d1e2f304152'], shown: { 'op-mf3k2x1a-5b7c9d1e2f304152': 41 } },
    },
    handle: ({ params, body, ...head }, api) => releaseOn(api, head, params.id, body),
  }),
  route({
    method: 'POST',
    path: '/v1/routers/{id}/claim',
    scope: 'operator',
    tag: 'routers',
    id: 'claimRows',
    summary: 'Takes over the foreign rows that cover or hold these subscribers; the plan shows them first',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: { schema: Claim, example: { subscribers: ['s5'] } },
    handle: ({ params, body, ...head }, api) =>
      actOnRouter(api, head, { kind: 'claim', router: params.id, subscribers: body.subscribers }, body),
  }),
  route({
    method: 'GET',
    path: '/v1/routers/{id}/adoption',
    scope: 'viewer',
    tag: 'routers',
    id: 'getRouterAdoption',
    summary: 'What of WispHub’s is on the router, what is wrong with it, and what each step would do about it',
    description: 'Each finding’s `remedy` is the policy that resolves it. Tokens in URLs are masked.',
    answers: { 200: { description: 'As the last pass saw it', schema: Adoption } },
    problems: ['not-found', 'no-plan-yet'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readAdoption(api, params.id),
  }),
  route({
    method: 'POST',
    path: '/v1/routers/{id}/adopt',
    scope: 'operator',
    tag: 'routers',
    id: 'adoptRouter',
    summary: 'Takes a router over from WispHub, a step at a time: claim, manage; hand-back gives it back as it was',
    description:
      '`claim` allows changes to rows that are not ours and writes nothing. `manage` puts all of ours up, reads it back, ' +
      'and then takes WispHub’s rows over or switches them off; what they were is kept. `hand-back` restores them and ' +
      'takes ours off last. `GET …/adoption` shows each step first.',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: { schema: Adopt, example: { step: 'claim' } },
    handle: ({ params, body, ...head }, api) =>
      actOnRouter(api, head, { kind: 'adopt', router: params.id, step: body.step }, body),
  }),
  route({
    method: 'POST',
    path: '/v1/routers/{id}/doctor',
    scope: 'operator',
    tag: 'routers',
    id: 'examineRouter',
    summary: 'Looks the router over; `result` has the findings, each with the command that mends it',
    description:
      'The agent does it beside its passes and writes nothing, unless `selfTest` is asked for: then rows for the box’s ' +
      'own address prove the redirect and are taken off again. Without a running agent the operation stays `received`.',
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    params: IdParams,
    query: NoQuery,
    body: { schema: Doctor, example: { selfTest: false }, isOptional: true },
    handle: ({ params, body, ...head }, api) =>
      actOnRouter(api, head, { kind: 'doctor', router: params.id, selfTest: body.selfTest ?? false }, body),
  }),
];
