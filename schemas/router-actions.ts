import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';

/** What a plan said as `shown` of a held operation: the release binds those who were held there by then. */
const Version = Type.Integer({ minimum: 1 });

function versionsBy(key: string) {
  return Type.Record(Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' }), Version, {
    maxProperties: 10_000,
    additionalProperties: false,
    description: `by ${key}: \`shown\` of its held operation, as it was read. Where this is given, nobody is let through who is held by what is not in it, or who joined later`,
  });
}

/** POST /v1/routers/{id}/release: lets held operations through the brake, by name. */
export const Release = Type.Object(
  {
    operations: Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true }),
    shown: Type.Optional(versionsBy('operation')),
  },
  { additionalProperties: false },
);
export type Release = Static<typeof Release>;

/** POST /v1/operations/{id}/release: lets one operation through on every router that holds it, or on those named. */
export const ReleaseEverywhere = Type.Object(
  {
    routers: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true })),
    shown: Type.Optional(versionsBy('router')),
  },
  { additionalProperties: false },
);
export type ReleaseEverywhere = Static<typeof ReleaseEverywhere>;

/** In a release's result: so many whom an operation holds on a router were not shown, and stay held. */
export const HeldLater = Type.Object({ router: Id, operation: Id, count: Type.Integer() });
export type HeldLater = Static<typeof HeldLater>;

/** POST /v1/routers/{id}/claim: takes over the foreign rows that cover or hold these subscribers. */
export const Claim = Type.Object(
  { subscribers: Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true }) },
  { additionalProperties: false },
);
export type Claim = Static<typeof Claim>;
