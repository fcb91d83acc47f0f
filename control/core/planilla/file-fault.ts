import type { FileFault } from './columns.ts';

/** Why a file is no planilla, in English; nothing that stands in it is repeated. */
export function fileFaultInWords(fault: FileFault): string {
  switch (fault.kind) {
    case 'empty':
      return 'the planilla is empty: its first row must be the headings';
    case 'no-subject-column':
      return 'the first row has no heading `mac` or `extension`: it must be the headings';
    case 'repeated-column':
      return `two columns are headed as ${fault.column}`;
    case 'web-key-column':
      return `column ${fault.at} holds web keys. A web key is not a SIP key and is never stored here; take the column out${
        fault.alsoSip === undefined
          ? ''
          : `. In ${fault.alsoSip.length === 1 ? 'line' : 'lines'} ${someOf(fault.alsoSip)} it is a SIP key of the file too: whoever reads a phone’s configuration would have the portal; make another key at the provider`
      }`;
    case 'unclear-key-column':
      return `column ${fault.at} holds keys and does not say which: head it sipKey if they are SIP keys, else take it out`;
    case 'malformed':
      return `the row at line ${fault.line} is not CSV: a quote that is not closed, or text after one`;
    case 'too-many-rows':
      return `a planilla has ${fault.limit} rows at most; make several of it`;
    case 'too-large':
      return `a planilla has ${fault.limit} bytes at most; make several of it`;
  }
}

/** The first of many lines. */
export function someOf(lines: readonly number[]): string {
  return `${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ' …' : ''}`;
}
