import { Type, type Static } from 'typebox';

/** RFC 9457. `type` is stable: `urn:wisp-edge:problem:<code>`; each code has its page in docs/problems.md. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String({ description: 'what to do about it' })),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
});
export type Problem = Static<typeof Problem>;
