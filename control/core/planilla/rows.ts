import { canonicalMac, isId, isMac } from '../../../schemas/ids.ts';
import { COLUMNS, type Column, type Refusal } from '../../../schemas/planilla.ts';
import { checkMac } from '../check-phone.ts';
import { isMangledMac, isMangledNumber, unguarded } from './cell.ts';
import type { Header } from './columns.ts';
import { refusal } from './report.ts';

/** A record of the file, at the line where it begins. */
export interface SheetRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row: which phone, which extension, and what it says of them. `cells` has the columns of the file and no others. */
export interface Row {
  readonly line: number;
  readonly mac: string | null;
  readonly extension: string | null;
  readonly cells: ReadonlyMap<Column, string>;
  readonly refusals: readonly Refusal[];
}

/** Reads the records under a header; one whose cells are all blank is none. */
export function readRows(header: Header, records: readonly SheetRecord[]): readonly Row[] {
  return records
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
    .map((record) => readRow(header, record));
}

function readRow({ columns }: Header, { line, cells: given }: SheetRecord): Row {
  // A cell too few or too many: the separator stands in a value, and all that follow it are in the wrong column.
  if (given.length !== columns.length) {
    const detail = `${given.length}/${columns.length}`;
    return { line, mac: null, extension: null, cells: new Map(), refusals: [refusal('cells', null, detail)] };
  }
  const cells = new Map<Column, string>();
  for (const [at, column] of columns.entries()) {
    const text = given[at] ?? '';
    // A key stands as it is: none was ever exported, so none is guarded.
    if (column !== null) cells.set(column, column === 'sipKey' ? text : unguarded(text));
  }
  return rowOf(line, cells);
}

/** A row as JSON has it: a cell that is not there says nothing, as a column that a file does not have; none is guarded. */
export function readJsonRow(line: number, given: Readonly<Partial<Record<Column, string>>>): Row {
  const named = [...COLUMNS, 'sipKey' as const].flatMap((column) => {
    const cell = given[column];
    return cell === undefined ? [] : [[column, cell] as const];
  });
  return rowOf(line, new Map(named));
}

function rowOf(line: number, cells: ReadonlyMap<Column, string>): Row {
  const mac = readMac((cells.get('mac') ?? '').trim());
  const extension = readNumber((cells.get('extension') ?? '').trim());
  const refusals = [mac, extension].flatMap((read) => (typeof read === 'object' && read !== null ? [read] : []));
  if (mac === null && extension === null) refusals.push(refusal('no-subject'));
  return {
    line,
    mac: typeof mac === 'string' ? mac : null,
    extension: typeof extension === 'string' ? extension : null,
    cells,
    refusals,
  };
}

function readMac(text: string): string | Refusal | null {
  if (text === '') return null;
  if (!isMac(text)) return refusal(isMangledMac(text) ? 'mangled-number' : 'invalid-value', 'mac');
  const checked = checkMac(canonicalMac(text));
  return checked.ok ? checked.mac : refusal('invalid-value', 'mac', checked.fault.detail);
}

function readNumber(text: string): string | Refusal | null {
  if (text === '') return null;
  if (isId(text)) return text;
  return refusal(isMangledNumber(text) ? 'mangled-number' : 'invalid-value', 'extension');
}
