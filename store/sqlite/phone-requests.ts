import { createHash } from 'node:crypto';
import type { PhoneRequestDocument } from '../../schemas/phone-request.ts';
import type { PhoneRequest } from '../phone-ports.ts';
import type { Page } from '../terms.ts';
import type { Connection } from './connection.ts';
import { readRequestWhy } from './phone-documents.ts';
import { integer, text, textOrNull, type Row } from './rows.ts';

/** How many a phone keeps of each origin: what others did in its name pushes out nothing that it did itself. */
const KEPT: Readonly<Record<PhoneRequest['origin'], number>> = { own: 50, named: 10, stranger: 10 };
/** Of all strangers together. */
const STRANGERS_KEPT = 500;

/** Adds to what was asked, inside the caller's transaction; only what is new needs room. */
export function recordRequest(connection: Connection, request: PhoneRequest): void {
  const { mac, origin, at, firstAt, times, method, file, status, address, userAgent, why, detail } = request;
  const what = hashOf([origin, method, file, status, address, userAgent, why, detail]);
  const isKnown = connection.run(
    `UPDATE phone_requests SET at = max(at, ?), first_at = min(first_at, ?), times = times + ?
     WHERE mac = ? AND what = ?`,
    ...[at, firstAt, times, mac, what],
  );
  if (isKnown > 0) return;
  connection.run(
    `INSERT INTO phone_requests
       (mac, what, origin, at, first_at, times, method, file, status, address, user_agent, why, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[mac, what, origin, at, firstAt, times, method, file, status, address, userAgent, why, detail],
  );
  connection.run(
    `DELETE FROM phone_requests WHERE mac = ? AND what IN (SELECT what FROM phone_requests
       WHERE mac = ? AND origin = ? ORDER BY at DESC, what LIMIT -1 OFFSET ?)`,
    ...[mac, mac, origin, KEPT[origin]],
  );
  if (origin !== 'stranger') return;
  connection.run(
    `DELETE FROM phone_requests WHERE (mac, what) IN (SELECT mac, what FROM phone_requests
       WHERE origin = 'stranger' ORDER BY at DESC LIMIT -1 OFFSET ?)`,
    STRANGERS_KEPT,
  );
}

/** Newest first; a cursor is a time and what was asked then. */
export function phoneRequestPage(
  connection: Connection,
  mac: string,
  after: string | null,
  limit: number,
): Page<PhoneRequestDocument> {
  const [at = '', what = ''] = after?.split(' ') ?? [];
  const rows = connection.all(
    'SELECT * FROM phone_requests WHERE mac = ? AND (at < ? OR (at = ? AND what > ?)) ORDER BY at DESC, what LIMIT ?',
    ...[mac, after === null ? Number.MAX_SAFE_INTEGER : Number(at) || 0, Number(at) || 0, what, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? `${integer(last, 'at')} ${text(last, 'what')}` : null;
  return { items: shown.map(documentOf), next };
}

function documentOf(row: Row): PhoneRequestDocument {
  return {
    at: new Date(integer(row, 'at')).toISOString(),
    firstAt: new Date(integer(row, 'first_at')).toISOString(),
    times: integer(row, 'times'),
    method: text(row, 'method'),
    file: textOrNull(row, 'file'),
    status: integer(row, 'status'),
    address: text(row, 'address'),
    userAgent: textOrNull(row, 'user_agent'),
    why: readRequestWhy(text(row, 'why')),
    detail: textOrNull(row, 'detail'),
  };
}

function hashOf(fields: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}
