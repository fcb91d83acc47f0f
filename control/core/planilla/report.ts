import type { Column } from './columns.ts';

/** Why a row cannot be taken. Each has its words in both languages. */
export type RefusalCode =
  | 'cells'
  | 'no-subject'
  | 'invalid-value'
  | 'mangled-number'
  | 'missing'
  | 'contradiction'
  | 'repeated-row'
  | 'line-order'
  | 'unknown-registrar'
  | 'unknown-extension'
  | 'not-served'
  | 'too-many-lines'
  | 'not-carried'
  | 'fewer-lines'
  | 'softphone'
  | 'comodato'
  | 'customer'
  | 'key-in-use'
  | 'in-rotation';

/** `detail` is English, of the product's own texts, or names and numbers; never a cell, which may be a key. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly column: Column | null;
  readonly detail: string | null;
}

/** A refusal at a line of the file, counted from 1. */
export interface RefusedLine {
  readonly line: number;
  readonly refusal: Refusal;
}

/** One field that a row changes. Null: not set. Of a key only that it changes is said. */
export interface Change {
  readonly of: 'phone' | 'extension';
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type RowOutcome = 'new' | 'changed' | 'same' | 'refused';

export interface RowReport {
  readonly line: number;
  readonly mac: string | null;
  readonly extension: string | null;
  readonly outcome: RowOutcome;
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
}

/** What became of a planilla, or would. */
export interface PlanillaReport {
  readonly read: {
    readonly encoding: string;
    readonly separator: string;
    readonly rows: number;
    readonly ignoredColumns: readonly string[];
  };
  readonly dryRun: boolean;
  /** False when nothing was to be changed, on a dry run, and when one row was refused: a planilla is taken whole. */
  readonly written: boolean;
  readonly counts: Readonly<Record<RowOutcome, number>>;
  readonly rows: readonly RowReport[];
}

export function refusal(code: RefusalCode, column: Column | null = null, detail: string | null = null): Refusal {
  return { code, column, detail };
}
