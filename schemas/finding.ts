import { Type, type Static } from 'typebox';

export const Severity = Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]);
export type Severity = Static<typeof Severity>;

const Remedy = Type.String({ description: 'the RouterOS command or the click that mends it' });

/** Something a person should know; `code` has a section in docs/findings.md. `detail` and `remedy` are English. */
export const Finding = Type.Object({
  code: Type.String(),
  severity: Severity,
  detail: Type.String(),
  remedy: Type.Optional(Remedy),
  es: Type.Optional(
    Type.Object({ detail: Type.String(), remedy: Type.Optional(Remedy) }, { description: 'the same in Spanish' }),
  ),
});
export type Finding = Static<typeof Finding>;
