import type { PlanillaReport, PlanillaRow } from '../../schemas/planilla.ts';
import { readHeader, sipKeyAt, type FileFault } from '../core/planilla/columns.ts';
import { readJsonRow, readRows, type Row } from '../core/planilla/rows.ts';
import { confusedLines, WebKey } from '../core/planilla/web-key.ts';
import { readCsv, type SheetFile } from './csv.ts';

/** A planilla as it comes: the bytes of a file, or rows of JSON. */
export type Sheet =
  | { readonly kind: 'csv'; readonly bytes: Uint8Array }
  | { readonly kind: 'json'; readonly rows: readonly PlanillaRow[] };

/** Its rows, and how they were read. */
export interface ReadSheet {
  readonly rows: readonly Row[];
  readonly read: PlanillaReport['read'];
}

/** Reads a planilla of either kind into the same rows, or says why it is none. */
export function readSheet(sheet: Sheet): ReadSheet | { readonly fault: FileFault } {
  if (sheet.kind === 'json') {
    const rows = sheet.rows.map((row, at) => readJsonRow(at + 1, row));
    return { rows, read: { encoding: 'json', separator: null, rows: rows.length, ignoredColumns: [] } };
  }
  const file = readCsv(sheet.bytes);
  if ('fault' in file) return file;
  const { encoding, separator, headings, records } = file.file;
  const headed = readHeader(headings);
  if ('fault' in headed) return { fault: withConfusedLines(headed.fault, file.file) };
  const rows = readRows(headed.header, records);
  return { rows, read: { encoding, separator, rows: rows.length, ignoredColumns: [...headed.header.ignored] } };
}

/** A file with web keys is refused whatever they are; where one is a SIP key too, whoever mends the file must know of it. */
function withConfusedLines(fault: FileFault, { headings, records }: SheetFile): FileFault {
  const sip = sipKeyAt(headings);
  if (fault.kind !== 'web-key-column' || sip === null) return fault;
  const cells = records.map(({ line, cells: row }) => ({
    line,
    webKey: new WebKey(row[fault.at - 1] ?? ''),
    sipKey: row[sip] ?? '',
  }));
  const alsoSip = confusedLines(cells);
  return alsoSip.length === 0 ? fault : { ...fault, alsoSip };
}
