import { Subscriber } from '../../schemas/subscriber.ts';
import { SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { SubscriberList } from '../../schemas/lists.ts';
import { DEFAULT_LIMIT, NoParams, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { deleteSubscriber, listSubscribers, putSubscriber, readSubscriber } from '../subscribers.ts';
import { IdParams } from './parameters.ts';

export const subscriberRoutes = [
  route({
    method: 'GET',
    path: '/v1/subscribers',
    scope: 'viewer',
    tag: 'subscribers',
    id: 'listSubscribers',
    summary: 'Every subscriber, by id',
    answers: { 200: { description: 'A page', schema: SubscriberList } },
    params: NoParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listSubscribers(api, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'GET',
    path: '/v1/subscribers/{id}',
    scope: 'viewer',
    tag: 'subscribers',
    id: 'getSubscriber',
    summary: 'One subscriber: what is wanted, and what the agent last saw',
    description: 'Tokens in URLs are masked.',
    answers: { 200: { description: 'The subscriber', schema: SubscriberDocument, headers: ['ETag'] } },
    problems: ['not-found'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readSubscriber(api, params.id),
  }),
  route({
    method: 'PUT',
    path: '/v1/subscribers/{id}',
    scope: 'platform',
    tag: 'subscribers',
    id: 'putSubscriber',
    summary: 'Makes or replaces a subscriber',
    description:
      'Cut-off and notices stay as they are. Addresses come back canonical, host bits cleared; the MAC address as 12 hex digits.',
    headers: ['If-Match', 'Idempotency-Key'],
    answers: {
      200: { description: 'Replaced, or the same as before', schema: SubscriberDocument, headers: ['ETag'] },
      201: { description: 'Made', schema: SubscriberDocument, headers: ['ETag', 'Location'] },
    },
    problems: ['unknown-router', 'address-held', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: IdParams,
    query: NoQuery,
    body: {
      schema: Subscriber,
      example: {
        name: 'Ana Pérez',
        router: 'rb-norte',
        addresses: ['10.20.0.5', '2001:db8:20::/56'],
        ppp: 'ana.perez',
        mac: 'AA:BB:CC:00:11:22',
      },
    },
    handle: ({ params, body, ...head }, api) => putSubscriber(api, head, params.id, body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscribers/{id}',
    scope: 'platform',
    tag: 'subscribers',
    id: 'deleteSubscriber',
    summary: 'Forgets a subscriber; the agent takes its rows away',
    headers: ['If-Match', 'Idempotency-Key'],
    answers: { 204: { description: 'Gone' } },
    problems: ['not-found', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => deleteSubscriber(api, head, params.id),
  }),
];
