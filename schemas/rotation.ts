import { Type, type Static } from 'typebox';
import { plainText, SipKeyText } from './extension.ts';
import { Id } from './ids.ts';
import { Evidence } from './operation.ts';

/** How far the rotation of one extension has come (design §4). */
export const RotationStep = Type.Union([
  Type.Literal('baseline'),
  Type.Literal('awaiting_key'),
  Type.Literal('proven'),
  Type.Literal('staged'),
  Type.Literal('pushed'),
  Type.Literal('fetched'),
  Type.Literal('registered'),
  Type.Literal('committed'),
]);
export type RotationStep = Static<typeof RotationStep>;

export const RotationEnd = Type.Union([
  Type.Literal('committed'),
  Type.Literal('rolled_back'),
  Type.Literal('needs_support'),
  Type.Literal('cancelled'),
]);
export type RotationEnd = Static<typeof RotationEnd>;

/** The first `canary` extensions go alone; then `wave` at a time; the first that does not commit stops the rest. */
export const Batch = Type.Object(
  {
    canary: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
    wave: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
  },
  { additionalProperties: false },
);
export type Batch = Static<typeof Batch>;

/** POST /v1/rotations */
export const RotationPost = Type.Object(
  {
    extensions: Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    newKeys: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' }), SipKeyText, {
        description: 'by extension number; one without a key waits for it (awaiting_key)',
      }),
    ),
    batch: Type.Optional(Batch),
    reason: plainText(200, 'why, for the people who read the audit'),
  },
  { additionalProperties: false },
);
export type RotationPost = Static<typeof RotationPost>;

/** PUT /v1/rotations/{id}/keys/{number} */
export const RotationKey = Type.Object({ sipKey: SipKeyText }, { additionalProperties: false });
export type RotationKey = Static<typeof RotationKey>;

/** One thing that was seen or done, in order. Free of secrets. */
export const RotationEvidence = Type.Object({
  at: Type.String(),
  step: RotationStep,
  what: Type.String({
    description: 'a stable word, e.g. old-key-valid, new-key-refused, served, notify-received, fetched',
  }),
  data: Evidence,
});
export type RotationEvidence = Static<typeof RotationEvidence>;

export const RotationExtension = Type.Object({
  number: Id,
  step: RotationStep,
  end: Type.Union([RotationEnd, Type.Null()]),
  evidence: Type.Array(RotationEvidence),
});
export type RotationExtension = Static<typeof RotationExtension>;

/** GET /v1/rotations/{id} */
export const RotationDocument = Type.Object({
  id: Id,
  reason: Type.String(),
  end: Type.Union([RotationEnd, Type.Null()]),
  extensions: Type.Array(RotationExtension),
  operation: Id,
  createdAt: Type.String(),
});
export type RotationDocument = Static<typeof RotationDocument>;
