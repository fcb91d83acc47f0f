import { Type, type Static } from 'typebox';
import { PlanillaReport } from './planilla.ts';

/** One fault in a request: an RFC 6901 pointer into the part of the request that `in` names (the body when absent). */
export const ProblemDetail = Type.Object({
  pointer: Type.String({ description: 'RFC 6901 JSON pointer, e.g. /addresses/0' }),
  detail: Type.String(),
  in: Type.Optional(
    Type.Union([Type.Literal('body'), Type.Literal('query'), Type.Literal('path'), Type.Literal('header')]),
  ),
});
export type ProblemDetail = Static<typeof ProblemDetail>;

/** Why the service is not ready, one entry a thing. */
export const NotReadyReason = Type.Object({
  subject: Type.String({ description: 'e.g. router/r0' }),
  code: Type.String({ description: 'e.g. router-down' }),
  detail: Type.String(),
  es: Type.Optional(Type.Object({ detail: Type.String() }, { description: 'the same in Spanish' })),
});
export type NotReadyReason = Static<typeof NotReadyReason>;

/** RFC 9457. `type` is stable: `urn:wisp-edge:problem:<code>`; each code has its page in docs/problems.md. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String({ description: 'what to do about it' })),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(ProblemDetail)),
  report: Type.Optional(PlanillaReport),
  reasons: Type.Optional(Type.Array(NotReadyReason, { description: 'only with not-ready' })),
});
export type Problem = Static<typeof Problem>;
