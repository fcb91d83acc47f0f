import type { Phone, PhoneDocument } from '../../schemas/phone.ts';
import type { VersionedDocument } from '../phone-ports.ts';
import type { Page } from '../terms.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { IS_EARLIER } from './ended-tokens.ts';
import { isoOrNull, readPhoneJson } from './phone-documents.ts';
import { pendingOnPhone } from './read-delegation.ts';
import { integer, integerOrNull, text, textOrNull, type Row } from './rows.ts';
import { heldSlots } from './told-slots.ts';

export interface StoredPhone {
  readonly mac: string;
  readonly revision: number;
  readonly servedRevision: number;
  readonly phone: Phone;
}

export function readStoredPhone(connection: Connection, mac: string): StoredPhone | null {
  const row = connection.get('SELECT * FROM phones WHERE mac = ?', mac);
  return row === null ? null : storedPhone(row);
}

export function storedPhone(row: Row): StoredPhone {
  return {
    mac: text(row, 'mac'),
    revision: integer(row, 'revision'),
    servedRevision: integer(row, 'served_revision'),
    phone: readPhoneJson(text(row, 'phone')),
  };
}

/** Writes a phone and its lines; what was seen of it stays. */
export function writePhone(connection: Connection, { mac, revision, servedRevision, phone }: StoredPhone): void {
  connection.run(
    `INSERT INTO phones (mac, revision, served_revision, phone) VALUES (?, ?, ?, ?)
     ON CONFLICT (mac) DO UPDATE SET revision = excluded.revision, served_revision = excluded.served_revision,
       phone = excluded.phone`,
    ...[mac, revision, servedRevision, canonicalJson(phone)],
  );
  connection.run('DELETE FROM lines WHERE mac = ?', mac);
  for (const [position, { extension }] of phone.lines.entries()) {
    connection.run('INSERT INTO lines (mac, position, extension) VALUES (?, ?, ?)', mac, position, extension);
  }
}

/** True when every line of the phone was seen registered; one without lines never is. */
export function isPhoneRegistered(connection: Connection, mac: string): boolean {
  const row = connection.get(
    `SELECT count(*) AS lines, coalesce(sum(r.registered), 0) AS registered
     FROM lines l LEFT JOIN registrations r ON r.number = l.extension WHERE l.mac = ?`,
    mac,
  );
  return row !== null && integer(row, 'lines') > 0 && integer(row, 'lines') === integer(row, 'registered');
}

export function isEnrolled(connection: Connection, mac: string): boolean {
  return connection.get("SELECT 1 FROM phone_tokens WHERE mac = ? AND kind = 'provisioning' LIMIT 1", mac) !== null;
}

/** True when the URL that the phone uses gives it encrypted files. */
function isEncrypted(connection: Connection, mac: string): boolean {
  const used = 'SELECT 1 FROM phone_tokens WHERE mac = ? AND used_at IS NOT NULL AND file_key IS NOT NULL LIMIT 1';
  return connection.get(used, mac) !== null;
}

/** True while a phone may come with an earlier token or password than its newest. */
function hasEarlier(connection: Connection, mac: string): boolean {
  return connection.get(`SELECT 1 FROM phone_tokens WHERE mac = ? AND ${IS_EARLIER} LIMIT 1`, mac) !== null;
}

export function phoneView(connection: Connection, mac: string): VersionedDocument<PhoneDocument> | null {
  const row = connection.get('SELECT * FROM phones WHERE mac = ?', mac);
  return row === null ? null : { revision: integer(row, 'revision'), document: documentOf(connection, row) };
}

export function phonePage(connection: Connection, after: string | null, limit: number): Page<PhoneDocument> {
  const rows = connection.all('SELECT * FROM phones WHERE mac > ? ORDER BY mac LIMIT ?', after ?? '', limit + 1);
  const items = rows.slice(0, limit).map((row) => documentOf(connection, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.mac ?? null) : null };
}

function documentOf(connection: Connection, row: Row): PhoneDocument {
  const { mac, phone } = storedPhone(row);
  const pending = pendingOnPhone(connection, mac);
  return {
    mac,
    ...phone,
    slots: heldSlots(connection, mac),
    enrolled: isEnrolled(connection, mac),
    ...(isEncrypted(connection, mac) ? { encrypted: true as const } : {}),
    earlierValid: hasEarlier(connection, mac),
    lastSeen: isoOrNull(integerOrNull(row, 'last_seen')),
    lastFetch: isoOrNull(integerOrNull(row, 'last_fetch')),
    registered: isPhoneRegistered(connection, mac),
    ...(pending.length === 0 ? {} : { delegatedPending: pending }),
    address: textOrNull(row, 'address'),
    userAgent: textOrNull(row, 'user_agent'),
  };
}
