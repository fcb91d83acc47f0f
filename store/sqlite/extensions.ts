import type { Extension, ExtensionDocument } from '../../schemas/extension.ts';
import type { PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import type { Phone } from '../../schemas/phone.ts';
import type { VersionedDocument } from '../phone-ports.ts';
import type { Page } from '../terms.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { isoOrNull, readExtensionJson, readDialects, readPhoneJson, readVerdict } from './phone-documents.ts';
import { readDelegation } from './read-delegation.ts';
import { blobOrNull, flag, integer, integerOrNull, text, type Row } from './rows.ts';

/** A sealed key with what may be known of it without opening it. */
export interface SealedKey {
  readonly sealed: Uint8Array;
  readonly mark: string;
  readonly refusedBy: readonly PhoneDialect[];
}

export interface ServedKey extends SealedKey {
  readonly changedAt: number;
}

export interface StoredExtension {
  readonly number: string;
  readonly revision: number;
  readonly servedRevision: number;
  readonly extension: Extension;
  /** The key phones are given. */
  readonly key: ServedKey | null;
}

/** A phone that has an extension as a line. */
export interface LinkedPhone {
  readonly mac: string;
  readonly phone: Phone;
  readonly hasFetched: boolean;
}

export function readStoredExtension(connection: Connection, number: string): StoredExtension | null {
  const row = connection.get('SELECT * FROM extensions WHERE number = ?', number);
  return row === null ? null : storedExtension(row);
}

export function storedExtension(row: Row): StoredExtension {
  const sealed = blobOrNull(row, 'key');
  return {
    number: text(row, 'number'),
    revision: integer(row, 'revision'),
    servedRevision: integer(row, 'served_revision'),
    extension: readExtensionJson(text(row, 'extension')),
    key:
      sealed === null
        ? null
        : {
            sealed,
            mark: text(row, 'key_mark'),
            refusedBy: readDialects(text(row, 'key_refused_by')),
            changedAt: integer(row, 'key_changed_at'),
          },
  };
}

/** Inserts or replaces in place: lines refer to it. */
export function writeExtension(connection: Connection, stored: StoredExtension): void {
  const { number, revision, servedRevision, extension, key } = stored;
  connection.run(
    `INSERT INTO extensions (number, revision, served_revision, extension, key, key_mark, key_refused_by, key_changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET revision = excluded.revision, served_revision = excluded.served_revision,
       extension = excluded.extension, key = excluded.key, key_mark = excluded.key_mark,
       key_refused_by = excluded.key_refused_by, key_changed_at = excluded.key_changed_at`,
    ...[number, revision, servedRevision, canonicalJson(extension)],
    ...[key?.sealed ?? null, key?.mark ?? null, canonicalJson(key?.refusedBy ?? []), key?.changedAt ?? null],
  );
}

export function linkedPhones(connection: Connection, number: string): readonly LinkedPhone[] {
  return connection
    .all(
      `SELECT DISTINCT p.mac, p.phone, p.last_fetch FROM lines l JOIN phones p ON p.mac = l.mac
       WHERE l.extension = ? ORDER BY p.mac`,
      number,
    )
    .map((row) => ({
      mac: text(row, 'mac'),
      phone: readPhoneJson(text(row, 'phone')),
      hasFetched: integerOrNull(row, 'last_fetch') !== null,
    }));
}

/** The open rotation that an extension is in; null when it is in none, or has come to its own end there. */
export function openRotationOf(connection: Connection, number: string): string | null {
  const row = connection.get('SELECT rotation FROM rotation_extensions WHERE number = ? AND "end" IS NULL', number);
  return row === null ? null : text(row, 'rotation');
}

export function extensionView(connection: Connection, number: string): VersionedDocument<ExtensionDocument> | null {
  const stored = readStoredExtension(connection, number);
  return stored === null ? null : { revision: stored.revision, document: documentOf(connection, stored) };
}

export function extensionPage(connection: Connection, after: string | null, limit: number): Page<ExtensionDocument> {
  const rows = connection.all(
    'SELECT * FROM extensions WHERE number > ? ORDER BY number LIMIT ?',
    after ?? '',
    limit + 1,
  );
  const items = rows.slice(0, limit).map((row) => documentOf(connection, storedExtension(row)));
  return { items, next: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
}

function documentOf(connection: Connection, { number, extension, key }: StoredExtension): ExtensionDocument {
  const seen = connection.get('SELECT at, verdict, registered FROM registrations WHERE number = ?', number);
  const delegation = readDelegation(connection, number);
  const macs = connection.all('SELECT DISTINCT mac FROM lines WHERE extension = ? ORDER BY mac', number);
  return {
    number,
    ...extension,
    sipKey: { set: key !== null, changedAt: isoOrNull(key?.changedAt ?? null) },
    phones: macs.map((row) => text(row, 'mac')),
    registered: seen !== null && flag(seen, 'registered'),
    lastVerdict:
      seen === null
        ? null
        : { verdict: readVerdict(text(seen, 'verdict')), at: new Date(integer(seen, 'at')).toISOString() },
    ...(delegation === null ? {} : { delegation }),
    rotation: openRotationOf(connection, number),
  };
}
