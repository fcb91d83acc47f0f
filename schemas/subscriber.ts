import { Type, type Static } from 'typebox';
import { AddressText } from './address.ts';
import { Id, Instant, Mac } from './ids.ts';

/** What the notice URL's `{kind}` can be. A cut-off outranks every notice: cutoff > maintenance > payment-due > custom. */
export const NOTICE_KINDS = ['maintenance', 'payment-due', 'custom'] as const;
export const NoticeKind = Type.Union([
  Type.Literal('maintenance'),
  Type.Literal('payment-due'),
  Type.Literal('custom'),
]);
export type NoticeKind = Static<typeof NoticeKind>;

/** A page that replaces the template's; https only, for a browser would warn of anything else. */
export const NoticeUrl = Type.String({ pattern: '^https://[^\\s"\\\\\\u0000-\\u0020\\u007f-\\uffff]{1,1000}$' });
export type NoticeUrl = Static<typeof NoticeUrl>;

export const Cutoff = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 200 }),
    url: Type.Optional(NoticeUrl),
    notBefore: Type.Optional(Instant),
    notAfter: Type.Optional(Instant),
  },
  { additionalProperties: false },
);
export type Cutoff = Static<typeof Cutoff>;

export const Notice = Type.Object(
  {
    text: Type.Optional(Type.String({ maxLength: 2000 })),
    url: Type.Optional(NoticeUrl),
    start: Type.Optional(Instant),
    end: Type.Optional(Instant),
    once: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type Notice = Static<typeof Notice>;

const subscriberFields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  router: Id,
  addresses: Type.Array(AddressText, {
    maxItems: 32,
    uniqueItems: true,
    description:
      'IPv4 and IPv6, addresses and prefixes; may be empty where ppp or mac says who it is; host bits are cleared (10.0.0.3/29 is 10.0.0.0/29), and the answer shows what was kept',
  }),
  ppp: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'PPP user name: found in /ppp/active by exactly this' }),
  ),
  mac: Type.Optional(Mac),
  autoCut: Type.Optional(Type.Boolean({ default: true })),
  autoNotice: Type.Optional(Type.Boolean({ default: true })),
};

/** Who has neither a PPP name nor a MAC is known by his addresses alone: then there is at least one. */
const knownSomehow = {
  if: { not: { anyOf: [{ required: ['ppp'] }, { required: ['mac'] }] } },
  then: { properties: { addresses: { type: 'array', minItems: 1 } } },
};

/** PUT /v1/subscribers/{id} */
export const Subscriber = Type.Object(subscriberFields, { additionalProperties: false, ...knownSomehow });
export type Subscriber = Static<typeof Subscriber>;

/** One subscriber in a snapshot or a delta. */
export const SubscriberState = Type.Object(
  {
    id: Id,
    ...subscriberFields,
    cutoff: Type.Optional(Type.Union([Cutoff, Type.Null()])),
    notices: Type.Optional(
      Type.Object(
        {
          maintenance: Type.Optional(Notice),
          'payment-due': Type.Optional(Notice),
          custom: Type.Optional(Notice),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, ...knownSomehow },
);
export type SubscriberState = Static<typeof SubscriberState>;

/** PUT /v1/desired-state: the whole truth at `takenAt`. */
export const Snapshot = Type.Object(
  {
    generation: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    takenAt: Instant,
    expectedCuts: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'how many new cuts the sender means this snapshot to bring on the whole site. Within ±10 % of that the brake stays ' +
          'open for them, whatever its limits, and they use up nothing of its window; where they fit only with the cuts that ' +
          'the brake holds of earlier generations, those are taken over; further off they are judged as if ' +
          'nothing had been announced',
      }),
    ),
    subscribers: Type.Array(SubscriberState, { maxItems: 100_000 }),
  },
  { additionalProperties: false },
);
export type Snapshot = Static<typeof Snapshot>;

/** PATCH /v1/desired-state: what changed since `baseGeneration`. */
export const Delta = Type.Object(
  {
    baseGeneration: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    generation: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    put: Type.Optional(Type.Array(SubscriberState, { maxItems: 10_000 })),
    remove: Type.Optional(Type.Array(Id, { maxItems: 10_000 })),
  },
  { additionalProperties: false },
);
export type Delta = Static<typeof Delta>;
