import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';

/** How far one subscriber is in a change of the portal or a reissue. */
export const ReissueState = Type.Union(
  [
    Type.Literal('pending'),
    Type.Literal('applied'),
    Type.Literal('verified'),
    Type.Literal('held'),
    Type.Literal('ended'),
  ],
  {
    description:
      'applied: the router took it; verified: read back, with all it depends on; held: his rows stay as they are; ended: restored, or his notice over, meanwhile',
  },
);
export type ReissueState = Static<typeof ReissueState>;

/** GET /v1/operations/{id}/subscribers: one subscriber's page before and after; tokens in URLs are masked (I9). */
export const ReissuedSubscriber = Type.Object({
  id: Id,
  router: Id,
  from: Type.Union([Type.String(), Type.Null()], { description: 'the page before; null where none stood' }),
  to: Type.Union([Type.String(), Type.Null()]),
  state: ReissueState,
  at: Type.String(),
});
export type ReissuedSubscriber = Static<typeof ReissuedSubscriber>;
