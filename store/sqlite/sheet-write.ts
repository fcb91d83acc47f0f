import { PROVISIONER, type IntentContext } from '../terms.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { journalHead } from './journal.ts';
import type { Value } from './rows.ts';
import type { ExtensionWrite, JudgedSheet, PhoneWrite } from './sheet-judge.ts';

/** A sheet as the few statements that write it take it: made before the transaction, which then only copies. */
export interface PreparedSheet {
  readonly extensions: readonly (readonly Value[])[];
  readonly phones: string;
  /** Phones that are there already: their lines go first. */
  readonly known: string;
  readonly lines: string;
  readonly journal: string;
}

/** Lays out what is to be written. Each document is journalled as a single put of it is, and then the sheet as a whole. */
export function prepareSheet({ writes }: JudgedSheet, { at, actor, operation }: IntentContext): PreparedSheet {
  const { extensions, phones } = writes;
  const by = { operation, actor: actor.name, via: actor.via };
  const entries = [
    ...extensions.map(({ number, freshKey }) => [
      'extension.changed',
      `extension/${number}`,
      canonicalJson({ change: 'put', isKeyChanged: freshKey !== null, ...by }),
    ]),
    ...phones.map(({ mac, phone }) => [
      'phone.changed',
      `phone/${mac}`,
      canonicalJson({ change: 'put', vendor: phone.vendor, ...by }),
    ]),
    [
      'planilla.imported',
      `planilla/${operation}`,
      canonicalJson({
        phones: phones.length,
        extensions: extensions.length,
        keys: extensions.filter(({ freshKey }) => freshKey !== null).length,
        ...by,
      }),
    ],
  ];
  return {
    extensions: extensions.map((one) => extensionRow(one, at)),
    phones: JSON.stringify(phones.map(phoneRow)),
    known: JSON.stringify(phones.filter(({ isNew }) => !isNew).map(({ mac }) => mac)),
    lines: JSON.stringify(
      phones.flatMap(({ mac, phone }) => phone.lines.map(({ extension }, position) => [mac, position, extension])),
    ),
    journal: JSON.stringify(entries),
  };
}

/**
 * Writes it, in the caller's transaction. Nothing is read, compared or laid out here and most of it goes in as one statement a
 * table, so that a thousand phones hold the write lock for some 20 ms. A document's revision is the number of its own journal entry, as of single puts.
 */
export function writeSheet(connection: Connection, sheet: PreparedSheet, { at }: IntentContext): void {
  const first = journalHead(connection) + 1;
  // Their keys are bytes, which JSON has no form for.
  for (const [at, row] of sheet.extensions.entries()) connection.run(WRITE_EXTENSION, first + at, ...row, first + at);
  const firstPhone = first + sheet.extensions.length;
  connection.run(WRITE_PHONES, firstPhone, firstPhone, sheet.phones);
  connection.run('DELETE FROM lines WHERE mac IN (SELECT value FROM json_each(?))', sheet.known);
  connection.run(
    `INSERT INTO lines (mac, position, extension)
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) ORDER BY key`,
    sheet.lines,
  );
  connection.run(
    `INSERT INTO journal (at, type, subject, router, operation, data)
     SELECT ?, value ->> 0, value ->> 1, ?, NULL, value ->> 2 FROM json_each(?) ORDER BY key`,
    ...[at, PROVISIONER, sheet.journal],
  );
}

const WRITE_EXTENSION = `
  INSERT INTO extensions (revision, number, extension, key, key_mark, key_refused_by, key_changed_at, served_revision)
  VALUES (?, ?, ?, ?, ?, ?, ?, coalesce(?, ?))
  ON CONFLICT (number) DO UPDATE SET
    revision = excluded.revision, served_revision = excluded.served_revision, extension = excluded.extension,
    key = coalesce(excluded.key, key), key_mark = coalesce(excluded.key_mark, key_mark),
    key_refused_by = CASE WHEN excluded.key IS NULL THEN key_refused_by ELSE excluded.key_refused_by END,
    key_changed_at = coalesce(excluded.key_changed_at, key_changed_at)`;

const WRITE_PHONES = `
  INSERT INTO phones (mac, revision, served_revision, phone)
  SELECT value ->> 0, ? + key, coalesce(value ->> 1, ? + key), value ->> 2
  FROM json_each(?) WHERE TRUE ORDER BY key
  ON CONFLICT (mac) DO UPDATE SET
    revision = excluded.revision, served_revision = excluded.served_revision, phone = excluded.phone`;

function extensionRow({ number, servedRevision, extension, freshKey }: ExtensionWrite, at: number): readonly Value[] {
  return [
    ...[number, canonicalJson(extension)],
    ...(freshKey === null
      ? [null, null, '[]', null]
      : [freshKey.sealed, freshKey.mark, canonicalJson(freshKey.refusedBy), at]),
    servedRevision,
  ];
}

function phoneRow({ mac, servedRevision, phone }: PhoneWrite): unknown {
  return [mac, servedRevision, canonicalJson(phone)];
}
