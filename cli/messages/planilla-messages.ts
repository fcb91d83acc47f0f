import type { Change, Column, RefusalCode, RowOutcome } from '../../schemas/planilla.ts';
import type { FileFault } from '../../control/core/planilla/columns.ts';

/** What import and export of a planilla say. */
export interface PlanillaMessages {
  readonly read: (rows: number, encoding: string, separator: string) => string;
  readonly ignored: (headings: readonly string[]) => string;
  readonly outcomes: Readonly<Record<RowOutcome, string>>;
  readonly headings: Readonly<Record<'line' | 'outcome' | 'what', string>>;
  readonly change: (change: Change) => string;
  /** The column a refusal is about, as the export heads it. */
  readonly inColumn: (column: Column, words: string) => string;
  readonly refusals: Readonly<Record<RefusalCode, (detail: string) => string>>;
  readonly counts: (counts: Readonly<Record<RowOutcome, number>>) => string;
  readonly ends: Readonly<Record<'written' | 'dryRun' | 'refused' | 'nothing', string>>;
  readonly faults: {
    readonly file: (fault: FileFault) => string;
    readonly unreadable: (path: string) => string;
    readonly unwritable: (path: string) => string;
    readonly exists: (path: string) => string;
  };
}
