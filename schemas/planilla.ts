import { Type, type Static } from 'typebox';

/** What a planilla says of a phone, of one of its lines, and of the extension on that line: the columns of an export. */
export const COLUMNS = [
  'mac',
  'vendor',
  'model',
  'label',
  'line',
  'extension',
  'displayName',
  'authUser',
  'registrar',
  'owner',
  'site',
  'email',
  'softphone',
  'serial',
  'webAccess',
] as const;
/** `sipKey` comes in and never goes out. */
export const Column = Type.Enum([...COLUMNS, 'sipKey'] as const);
export type Column = Static<typeof Column>;

/** Why a row cannot be taken. Each has its words in both languages, and its section in docs/planilla.md. */
export const RefusalCode = Type.Enum([
  'cells',
  'no-subject',
  'invalid-value',
  'mangled-number',
  'missing',
  'contradiction',
  'repeated-row',
  'line-order',
  'unknown-registrar',
  'unknown-extension',
  'not-served',
  'too-many-lines',
  'not-carried',
  'fewer-lines',
  'softphone',
  'comodato',
  'customer',
  'key-in-use',
  'in-rotation',
  'delegate-without-email',
  'establish-incomplete',
] as const);
export type RefusalCode = Static<typeof RefusalCode>;

/** `detail` is English, of the product's own texts, or names and numbers; never a cell, which may be a key. */
export const Refusal = Type.Object({
  code: RefusalCode,
  column: Type.Union([Column, Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
});
export type Refusal = Static<typeof Refusal>;

/** One field that a row changes. Null: not set. Of a key only that it changes is said. */
export const Change = Type.Object({
  of: Type.Union([Type.Literal('phone'), Type.Literal('extension')]),
  field: Type.String(),
  before: Type.Union([Type.String(), Type.Null()]),
  after: Type.Union([Type.String(), Type.Null()]),
});
export type Change = Static<typeof Change>;

export const RowOutcome = Type.Enum(['new', 'changed', 'same', 'refused'] as const);
export type RowOutcome = Static<typeof RowOutcome>;

export const RowReport = Type.Object({
  line: Type.Integer({ description: 'of the file, counted from 1; of JSON rows which of them, counted from 1' }),
  mac: Type.Union([Type.String(), Type.Null()]),
  extension: Type.Union([Type.String(), Type.Null()]),
  outcome: RowOutcome,
  changes: Type.Array(Change),
  refusals: Type.Array(Refusal),
});
export type RowReport = Static<typeof RowReport>;

/** What became of a planilla, or would. */
export const PlanillaReport = Type.Object({
  read: Type.Object({
    encoding: Type.String({ description: 'utf-8, utf-16le, windows-1252; json for rows' }),
    separator: Type.Union([Type.String(), Type.Null()]),
    rows: Type.Integer(),
    ignoredColumns: Type.Array(Type.String()),
  }),
  dryRun: Type.Boolean(),
  written: Type.Boolean({
    description:
      'false when nothing was to be changed, on a dry run, and when one row was refused: a planilla is taken whole',
  }),
  counts: Type.Object({ new: Type.Integer(), changed: Type.Integer(), same: Type.Integer(), refused: Type.Integer() }),
  rows: Type.Array(RowReport),
});
export type PlanillaReport = Static<typeof PlanillaReport>;

const cell = Type.Optional(Type.String({ maxLength: 512 }));
/** A row as JSON: its cells under the headings of an export, each as it would stand in the file. One left out says nothing. */
export const PlanillaRow = Type.Object(
  {
    mac: cell,
    vendor: cell,
    model: cell,
    label: cell,
    line: cell,
    extension: cell,
    displayName: cell,
    authUser: cell,
    registrar: cell,
    owner: cell,
    site: cell,
    email: cell,
    softphone: cell,
    serial: cell,
    webAccess: cell,
    sipKey: Type.Optional(Type.String({ maxLength: 512, description: 'write-only, as of a single put' })),
  } satisfies Record<Column, unknown>,
  { additionalProperties: false },
);
export type PlanillaRow = Static<typeof PlanillaRow>;

/** Rows of a planilla at once: written as one change. */
export const MAX_ROWS = 1_000;

/** POST /v1/phones/import as JSON. */
export const PlanillaRows = Type.Object(
  { rows: Type.Array(PlanillaRow, { minItems: 1, maxItems: MAX_ROWS }) },
  { additionalProperties: false },
);
export type PlanillaRows = Static<typeof PlanillaRows>;
