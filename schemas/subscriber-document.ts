import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';
import { ObservedSubscriber } from './router.ts';
import { Cutoff, Notice, NoticeKind, Subscriber } from './subscriber.ts';

const since = Type.String({ description: 'when it was accepted, RFC 3339 in UTC' });
const operation = Type.Unsafe<string>({ ...Id, description: 'the operation that asked for it' });
const maskedUrl = Type.Optional(Type.String({ description: 'the page, with tokens masked' }));

/** A cut-off as an answer shows it; its URL is masked (I9). */
export const CutoffDocument = Type.Object({ ...Cutoff.properties, url: maskedUrl, since, operation });
export type CutoffDocument = Static<typeof CutoffDocument>;

/** A notice as an answer shows it; its URL is masked (I9). */
export const NoticeDocument = Type.Object({
  kind: NoticeKind,
  ...Notice.properties,
  url: maskedUrl,
  since,
  operation,
});
export type NoticeDocument = Static<typeof NoticeDocument>;

/** GET /v1/subscribers/{id}: what is wanted of a subscriber, and what the agent last saw. */
export const SubscriberDocument = Type.Object({
  id: Id,
  ...Subscriber.properties,
  cutoff: Type.Union([CutoffDocument, Type.Null()]),
  notices: Type.Array(NoticeDocument),
  observed: Type.Union([ObservedSubscriber, Type.Null()], { description: 'null until the agent has looked' }),
});
export type SubscriberDocument = Static<typeof SubscriberDocument>;
