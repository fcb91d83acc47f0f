import type { Column } from '../../../schemas/planilla.ts';
import { refusal, type RefusedLine } from './report.ts';
import type { Row } from './rows.ts';

/** All that the rows of one phone, or of one extension, say of it. */
export interface Gathered {
  readonly id: string;
  readonly rows: readonly Row[];
  /** By column of the file; '' where every row leaves it blank. */
  readonly cells: ReadonlyMap<Column, string>;
}

/**
 * Puts the rows of each phone or extension together: what one row leaves blank another may say, and two that say different
 * things contradict one another. All of the rows that do are told.
 */
export function gather(
  rows: readonly Row[],
  subject: 'mac' | 'extension',
  columns: readonly Column[],
): { readonly subjects: readonly Gathered[]; readonly refused: readonly RefusedLine[] } {
  const byId = new Map<string, Row[]>();
  for (const row of rows) {
    const id = row[subject];
    if (id !== null) byId.set(id, [...(byId.get(id) ?? []), row]);
  }
  const refused: RefusedLine[] = [];
  const subjects = [...byId].map(([id, own]): Gathered => {
    const cells = new Map<Column, string>();
    for (const column of columns) {
      const said = own.filter((row) => (row.cells.get(column) ?? '') !== '');
      const first = said[0];
      if (own.some((row) => row.cells.has(column))) cells.set(column, first?.cells.get(column) ?? '');
      if (first === undefined || said.every((row) => row.cells.get(column) === first.cells.get(column))) continue;
      const others = (row: Row): string =>
        said
          .filter((other) => other.cells.get(column) !== row.cells.get(column))
          .map(({ line }) => line)
          .join(', ');
      refused.push(...said.map((row) => ({ line: row.line, refusal: refusal('contradiction', column, others(row)) })));
    }
    return { id, rows: own, cells };
  });
  return { subjects, refused };
}
