import { Type } from 'typebox';
import { Acknowledge, ComodatoReturn, PhoneReturn } from '../../schemas/comodato.ts';
import { ComodatoList } from '../../schemas/lists.ts';
import { acknowledgeReturn, exportReturns, listReturns, readReturn, returnPhone } from '../comodato.ts';
import { DEFAULT_LIMIT, NoParams, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { IdParams, MacParams } from './parameters.ts';

const ReturnQuery = Type.Object(
  {
    ...PageQuery.properties,
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')], { description: 'all if left out' })),
  },
  { additionalProperties: false },
);

export const comodatoRoutes = [
  route({
    method: 'GET',
    path: '/v1/comodato',
    scope: 'viewer',
    tag: 'phones',
    id: 'listComodato',
    summary: 'Phones lent by the provider whose service here has ended, oldest first',
    description:
      'A record is made in the transaction that ends the service: a return, a phone deleted, its last line in comodato removed, an owner changed; by single puts and planillas alike. It is told as event `comodato.ended` and never forgotten. `?state=open` shows those that nobody has acknowledged.',
    answers: { 200: { description: 'A page', schema: ComodatoList } },
    params: NoParams,
    query: ReturnQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listReturns(api, query.state === 'open', query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'GET',
    path: '/v1/comodato/export',
    scope: 'viewer',
    tag: 'phones',
    id: 'exportComodato',
    summary: 'The same as CSV',
    answers: { 200: { description: 'Every record, in UTF-8 with its mark', type: 'text/csv' } },
    params: NoParams,
    query: NoQuery,
    body: NO_BODY,
    handle: (_call, api) => exportReturns(api),
  }),
  route({
    method: 'GET',
    path: '/v1/comodato/{id}',
    scope: 'viewer',
    tag: 'phones',
    id: 'getComodato',
    summary: 'One record: who ended it, when, which phone it was, whether it is acknowledged',
    answers: { 200: { description: 'The record', schema: ComodatoReturn } },
    problems: ['not-found'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readReturn(api, params.id),
  }),
  route({
    method: 'POST',
    path: '/v1/comodato/{id}/acknowledge',
    scope: 'platform',
    tag: 'phones',
    id: 'acknowledgeComodato',
    summary: 'The central has taken note of it; a second time changes nothing and shows the first',
    headers: ['Idempotency-Key'],
    answers: { 200: { description: 'The record', schema: ComodatoReturn } },
    problems: ['not-found', 'key-in-progress', 'key-reused'],
    params: IdParams,
    query: NoQuery,
    body: { schema: Acknowledge, example: { ticket: 'GT-4711' }, isOptional: true },
    handle: ({ params, body, ...head }, api) => acknowledgeReturn(api, head, params.id, body),
  }),
  route({
    method: 'POST',
    path: '/v1/phones/{mac}/return',
    scope: 'operator or platform',
    tag: 'phones',
    id: 'returnPhone',
    summary: 'A phone in comodato was given back: makes its record and forgets the phone and its tokens',
    description: '409 when no line of it is in comodato. Its extensions stay.',
    headers: ['If-Match', 'Idempotency-Key'],
    answers: { 200: { description: 'The record', schema: ComodatoReturn } },
    problems: ['not-found', 'not-in-comodato', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: MacParams,
    query: NoQuery,
    body: {
      schema: PhoneReturn,
      example: { serial: 'YK31P0042', note: 'Lo retira Gestión Técnica' },
      isOptional: true,
    },
    handle: ({ params, body, ...head }, api) => returnPhone(api, head, params.mac, body),
  }),
];
