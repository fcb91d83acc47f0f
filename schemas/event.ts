import { Type, type Static } from 'typebox';

/** One entry of the append-only journal as the outside sees it. */
export const Event = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  type: Type.String({ description: 'e.g. operation.verified, router.down, drift.repaired, subscriber.changed' }),
  subject: Type.String(),
  router: Type.Optional(
    Type.String({ description: 'whose part of it this is; what concerns several routers is one event for each' }),
  ),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type Event = Static<typeof Event>;
