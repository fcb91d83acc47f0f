import { Operation } from '../../schemas/operation.ts';
import { NoQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { readOperation } from '../operations.ts';
import { IdParams } from './parameters.ts';

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
];
