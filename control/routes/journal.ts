import { Type } from 'typebox';
import { AuditList, EventList } from '../../schemas/lists.ts';
import { DEFAULT_LIMIT, NoParams, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { listAudit, listEvents, sequenceOf } from '../journal.ts';

const after = Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'the seq of an event' }));
const EventQuery = Type.Object({ ...PageQuery.properties, after }, { additionalProperties: false });
const StreamQuery = Type.Object({ after }, { additionalProperties: false });

export const journalRoutes = [
  route({
    method: 'GET',
    path: '/v1/events',
    scope: 'viewer',
    tag: 'events',
    id: 'listEvents',
    summary: 'What happened after an event, oldest first',
    description: 'Go on with `after` = the seq of the last item, whether `next` is null or not.',
    answers: { 200: { description: 'A page', schema: EventList } },
    params: NoParams,
    query: EventQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listEvents(api.store, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'GET',
    path: '/v1/events/stream',
    scope: 'viewer',
    tag: 'events',
    id: 'streamEvents',
    summary: 'Events as they happen (server-sent events)',
    description:
      'Resumes after `Last-Event-ID`, else after `?after=`, else starts with the next event. A comment every 15 s keeps it alive; a reader that does not keep up is dropped and resumes.',
    headers: ['Last-Event-ID'],
    answers: { 200: { description: 'The stream', type: 'text/event-stream' } },
    problems: ['too-many-streams'],
    params: NoParams,
    query: StreamQuery,
    body: NO_BODY,
    handle: async ({ query, lastEventId }, api) => {
      if (lastEventId !== null) return { kind: 'stream', after: sequenceOf(lastEventId, 'header') };
      return { kind: 'stream', after: query.after === undefined ? await api.store.head() : Number(query.after) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/audit',
    scope: 'viewer',
    tag: 'events',
    id: 'listAudit',
    summary: 'Who did what, oldest first',
    answers: { 200: { description: 'A page', schema: AuditList } },
    params: NoParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listAudit(api.store, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
];
