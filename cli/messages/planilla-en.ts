import { fileFaultInWords } from '../../control/core/planilla/file-fault.ts';
import { counted } from './counted.ts';
import type { PlanillaMessages } from './planilla-messages.ts';

export const PLANILLA_EN: PlanillaMessages = {
  read: (rows, encoding, separator) => `read: ${counted(rows, 'row', 'rows')}, ${encoding}, separated by ${separator}`,
  ignored: (headings) => `columns that a planilla does not have, not read: ${headings.join(', ')}`,
  outcomes: { new: 'new', changed: 'changed', same: 'same', refused: 'REFUSED' },
  headings: { line: 'line', outcome: 'outcome', what: 'what' },
  change: ({ of, field, before, after }) => {
    if (field === 'sipKey') return 'SIP key: given';
    const name = `${of === 'phone' ? 'phone' : 'extension'} ${field}`;
    return before === null ? `${name}: ${after ?? '–'}` : `${name}: ${before || '–'} → ${after ?? '–'}`;
  },
  inColumn: (column, words) => `${column}: ${words}`,
  refusals: {
    cells: (detail) => `cells and headings: ${detail}; a value with the separator in it must stand in quotes`,
    'no-subject': () => 'it names neither a MAC address nor an extension',
    'invalid-value': (detail) => `this value is not possible${detail === '' ? '' : `: ${detail}`}`,
    'mangled-number': () =>
      'a spreadsheet made a number of it and lost digits; format the column as text and write it anew',
    missing: () => 'it is new, and this is missing',
    contradiction: (detail) => `line ${detail} says otherwise of the same one`,
    'repeated-row': (detail) => `the same as line ${detail}`,
    'line-order': () => 'lines of a phone are 1, 2, 3 …, none twice, none left out; or leave all of them blank',
    'unknown-registrar': (detail) => `the configuration has no such registrar; known: ${detail || 'none'}`,
    'unknown-extension': () => 'there is no such extension, and no row makes it',
    'not-served': (detail) => `${detail} reads none of the formats that this version writes`,
    'too-many-lines': (detail) => `this phone has no more than ${detail} lines`,
    'not-carried': (detail) => `the phone's format cannot carry a value exactly: ${detail}`,
    'fewer-lines': (detail) =>
      `the phone would lose ${detail}; name all of its lines, or let it with --allow fewer-lines`,
    softphone: (detail) => `a softphone's extension cannot be a line of a phone (${detail})`,
    comodato: () =>
      'lent by the provider (comodato), who changes it on a ticket; when that is settled: --allow comodato',
    customer: () => 'the customer’s own; with his consent: --allow customer',
    'key-in-use': () => 'a phone works with its key, user and registrar: wisp-edge rotate brings it another key',
    'delegate-without-email': () => 'DELEGAR mails the user: without an e-mail nobody gets it',
    'establish-incomplete': (detail) =>
      `ESTABLECER wants every extension of the registrar to say so and to have an e-mail; lacking: ${detail}`,
    'in-rotation': (detail) => `it is in rotation ${detail}`,
  },
  counts: (counts) => `${counts.new} new, ${counts.changed} changed, ${counts.same} same, ${counts.refused} refused`,
  ends: {
    written: 'written, as one change',
    dryRun: 'dry run: nothing was written',
    refused: 'nothing was written: a planilla is taken whole; correct the lines refused, or take them out',
    nothing: 'nothing to write: all of it stands already',
  },
  faults: {
    file: fileFaultInWords,
    unreadable: (path) => `the file ${path} cannot be read`,
    unwritable: (path) => `the file ${path} cannot be written`,
    exists: (path) => `the file ${path} is there already; nothing was overwritten`,
  },
};
