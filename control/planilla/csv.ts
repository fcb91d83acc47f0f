import { CsvError, parse } from 'csv-parse/sync';
import { MAX_ROWS } from '../../schemas/planilla.ts';
import { knownHeadings, type FileFault } from '../core/planilla/columns.ts';
import type { SheetRecord } from '../core/planilla/rows.ts';

/** A site's phones fit many times over; what is larger is some other file. */
export const MAX_BYTES = 2 * 1024 * 1024;

const SEPARATORS = [';', ',', '\t'] as const;

/** A file as it was read. */
export interface SheetFile {
  readonly encoding: 'utf-8' | 'utf-16le' | 'windows-1252';
  readonly separator: string;
  readonly headings: readonly string[];
  readonly records: readonly SheetRecord[];
}

/**
 * Reads what a spreadsheet saves: UTF-8 or UTF-16 with or without its mark, else Windows-1252, in which every byte is a
 * character; separated by comma, semicolon or tab, whichever makes most of the headings known. CRLF, LF or CR; quotes as in
 * RFC 4180. Excel's own first line `sep=;` is passed over.
 */
export function readCsv(bytes: Uint8Array): { readonly file: SheetFile } | { readonly fault: FileFault } {
  if (bytes.length > MAX_BYTES) return { fault: { kind: 'too-large', limit: MAX_BYTES } };
  const { encoding, text } = decode(bytes);
  const named = /^sep=([;,\t])\r?\n/i.exec(text);
  // One kind of line end, for the parser counts CRLF in quotes as two lines. A cell that holds either is refused later.
  const body = (named === null ? text : text.slice(named[0].length)).replace(/\r\n?/g, '\n');
  const skipped = named === null ? 0 : 1;
  const separator = named?.[1] ?? separatorOf(body);
  const read = parseWhole(body, separator);
  if ('line' in read) return { fault: { kind: 'malformed', line: read.line + skipped } };
  const [header, ...records] = read.records;
  if (header === undefined) return { fault: { kind: 'empty' } };
  if (records.length > MAX_ROWS) return { fault: { kind: 'too-many-rows', limit: MAX_ROWS } };
  const moved = records.map(({ line, cells }) => ({ line: line + skipped, cells }));
  return { file: { encoding, separator, headings: header.cells, records: moved } };
}

/** Rows as RFC 4180 has them: CRLF, quoted where that is needed. The mark in front tells Excel that it is UTF-8. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(quoted).join(','));
  return `\ufeff${lines.map((line) => `${line}\r\n`).join('')}`;
}

function quoted(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function decode(bytes: Uint8Array): Pick<SheetFile, 'encoding'> & { readonly text: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { encoding: 'utf-16le', text: new TextDecoder('utf-16le').decode(bytes) };
  }
  try {
    return { encoding: 'utf-8', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { encoding: 'windows-1252', text: fromWindows1252(bytes) };
  }
}

/** 0x80–0x9f of Windows-1252 (https://encoding.spec.whatwg.org/index-windows-1252.txt); the rest is Latin-1. */
const WINDOWS_C1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Node 20's TextDecoder of that name gives Latin-1: `€` would be a control character. */
function fromWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (one) => WINDOWS_C1[one.charCodeAt(0) - 0x80] ?? one);
}

/** The separator under which most headings of the first record are known; of equals the earlier. */
function separatorOf(text: string): string {
  const known = SEPARATORS.map((separator) => {
    const read = parseWith(text, separator, 1);
    return 'line' in read ? -1 : knownHeadings(read.records[0]?.cells ?? []);
  });
  return SEPARATORS[known.indexOf(Math.max(...known))] ?? ',';
}

function parseWhole(text: string, separator: string): ReturnType<typeof parseWith> {
  return parseWith(text, separator, MAX_ROWS + 2);
}

/** The first records of a text, or the line at which it stops being CSV. */
function parseWith(
  text: string,
  separator: string,
  most: number,
): { readonly records: readonly SheetRecord[] } | { readonly line: number } {
  const records: SheetRecord[] = [];
  // The line at which the next record begins: the parser counts at the end of each.
  const at = { line: 1 };
  try {
    parse(text, {
      delimiter: separator,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: false,
      to: most,
      on_record: (cells: readonly string[], { lines }) => {
        records.push({ line: at.line, cells });
        at.line = lines + 1;
        return null;
      },
    });
    return { records };
  } catch (error) {
    // Its message quotes the file, which may hold keys: only the place is passed on.
    if (error instanceof CsvError) return { line: at.line };
    throw error;
  }
}
