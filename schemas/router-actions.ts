import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';

/** POST /v1/routers/{id}/release: lets held operations through the brake, by name. */
export const Release = Type.Object(
  { operations: Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true }) },
  { additionalProperties: false },
);
export type Release = Static<typeof Release>;

/** POST /v1/operations/{id}/release: lets one operation through on every router that holds it, or on those named. */
export const ReleaseEverywhere = Type.Object(
  { routers: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true })) },
  { additionalProperties: false },
);
export type ReleaseEverywhere = Static<typeof ReleaseEverywhere>;

/** POST /v1/routers/{id}/claim: takes over the foreign rows that cover or hold these subscribers. */
export const Claim = Type.Object(
  { subscribers: Type.Array(Id, { minItems: 1, maxItems: 10_000, uniqueItems: true }) },
  { additionalProperties: false },
);
export type Claim = Static<typeof Claim>;
