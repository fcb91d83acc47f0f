import { Type, type Static } from 'typebox';
import { OperationKind } from './operation.ts';

/** How many, and the first of them by id. */
const Whom = Type.Object({ count: Type.Integer(), first: Type.Array(Type.String()) });
export type Whom = Static<typeof Whom>;

/** The limit of the brake that a change would pass. */
export const BrakeLimit = Type.Object({
  scope: Type.Union([Type.Literal('router'), Type.Literal('site')]),
  asked: Type.Integer({ description: 'changes of this operation on this router' }),
  before: Type.Integer({ description: 'changes let through within the window before' }),
  allowed: Type.Integer({ description: 'changes allowed within the window' }),
  windowMinutes: Type.Integer(),
});
export type BrakeLimit = Static<typeof BrakeLimit>;

/** One line of a diff: what would be written (`+`) or taken off (`-`), as the RouterOS command; tokens masked (I9). */
export const HeldCommand = Type.Object({
  sign: Type.Union([Type.Literal('+'), Type.Literal('-')]),
  row: Type.String({ description: 'the key of the row, e.g. cutoff:s5' }),
  command: Type.String(),
});
export type HeldCommand = Static<typeof HeldCommand>;

/** An operation that waits on a router: whom it would hit, why it waits, and what letting it through would write. */
export const HeldOperation = Type.Object({
  operation: Type.Union([Type.String(), Type.Null()], { description: 'null: no open operation asks for it' }),
  kind: Type.Union([OperationKind, Type.Null()]),
  reason: Type.String(),
  detail: Type.String(),
  es: Type.Optional(Type.Object({ detail: Type.String() }, { description: 'the same in Spanish' })),
  since: Type.String({ description: 'since when it is held here for this reason' }),
  cut: Whom,
  restored: Whom,
  noticed: Whom,
  names: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'the names of those whose ids stand above, as far as known',
    }),
  ),
  limit: Type.Optional(BrakeLimit),
  shown: Type.Optional(
    Type.Integer({
      description:
        'send it back with a release: it then binds those who were held here when this was read, and nobody who joined later; after control was started anew it binds nobody',
    }),
  ),
  way: Type.Union([Type.Literal('release'), Type.Literal('claim'), Type.Literal('wait')], {
    description: 'who lets it through: a release by name, a claim of the foreign rows, or it goes on by itself',
  }),
  commands: Type.Array(HeldCommand),
  omitted: Type.Integer({ description: 'commands that are not among these' }),
});
export type HeldOperation = Static<typeof HeldOperation>;
