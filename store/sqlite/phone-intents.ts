import { createHash } from 'node:crypto';
import { dialectOf } from '../../schemas/phone-formats/dialect.ts';
import { lineLimit } from '../../schemas/phone-formats/refusal.ts';
import type { Phone } from '../../schemas/phone.ts';
import type { Secret } from '../../schemas/secret.ts';
import type { IntentContext } from '../terms.ts';
import { keyRefusal, lineRefusal } from './carried.ts';
import { failsCondition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { endTokens, IS_EARLIER } from './ended-tokens.ts';
import { readStoredExtension } from './extensions.ts';
import { nextRevision } from './journal.ts';
import { CREATED, UNCHANGED, type PhoneDecision } from './phone-decision.ts';
import { readDialects } from './phone-documents.ts';
import { journalWish } from './phone-events.ts';
import { failWorkAbout } from './phone-work.ts';
import { isEnrolled, readStoredPhone, writePhone } from './phones.ts';
import { text } from './rows.ts';
import { isSame } from './subscribers.ts';

/** PUT of a phone: its lines must be there and its format must carry them; the same again changes nothing (I5). */
export function putPhone(connection: Connection, mac: string, phone: Phone, context: IntentContext): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (failsCondition(context, current?.revision ?? null)) return { outcome: 'precondition-failed' };
  const refused = whyRefused(connection, mac, phone);
  if (refused !== null) return refused;
  if (current !== null && isSame(current.phone, phone)) return UNCHANGED;

  const revision = nextRevision(connection);
  const isServedSame = current !== null && isSame(servedOf(current.phone), servedOf(phone));
  writePhone(connection, { mac, revision, servedRevision: isServedSame ? current.servedRevision : revision, phone });
  journalWish(connection, 'phone.changed', `phone/${mac}`, context, { change: 'put', vendor: phone.vendor });
  return current === null ? CREATED : UNCHANGED;
}

/** DELETE of a phone: its tokens end with it. */
export function deletePhone(connection: Connection, mac: string, context: IntentContext): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  failWorkAbout(connection, 'resync', mac, 'unknown-phone', context.at);
  connection.run('DELETE FROM phones WHERE mac = ?', mac);
  journalWish(connection, 'phone.changed', `phone/${mac}`, context, { change: 'delete' });
  return UNCHANGED;
}

/** A token as it is kept: hashed for who brings it, sealed for the provisioner, which tells it to the phone. */
export interface SealedToken {
  readonly hash: string;
  readonly sealed: Uint8Array;
}

/** New tokens for a phone. */
export interface NewTokens {
  readonly provisioning: SealedToken;
  readonly enrolment: SealedToken;
  readonly credentials: SealedToken | null;
  readonly expiresAt: number;
}

/**
 * New tokens. What is in use stays until the new one of its kind is used; what was never used ends at once, and so does the
 * earlier enrolment token. Each URL's files name that URL itself, so a phone comes to the new one only by being given it.
 */
export function enrolPhone(
  connection: Connection,
  mac: string,
  { provisioning, enrolment, credentials, expiresAt }: NewTokens,
  context: IntentContext,
): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  const order = nextRevision(connection);
  const revision = isEnrolled(connection, mac) ? current.revision : order;
  endTokens(connection, context.at, "mac = ? AND (kind = 'enrolment' OR used_at IS NULL)", mac);
  connection.run('UPDATE phones SET revision = ?, served_revision = ? WHERE mac = ?', revision, order, mac);
  const insert = `INSERT INTO phone_tokens (hash, mac, kind, token, expires_at, used_at, enrolment)
    VALUES (?, ?, ?, ?, ?, NULL, ?)`;
  connection.run(insert, provisioning.hash, mac, 'provisioning', provisioning.sealed, null, order);
  connection.run(insert, enrolment.hash, mac, 'enrolment', enrolment.sealed, expiresAt, order);
  if (credentials !== null)
    connection.run(insert, credentials.hash, mac, 'credentials', credentials.sealed, null, order);
  const data = { expiresAt: new Date(expiresAt).toISOString() };
  journalWish(connection, 'phone.enrolled', `phone/${mac}`, context, data);
  return UNCHANGED;
}

/**
 * Ends what is good beside the newest of its kind, without waiting for that to be used: a URL or a password that others have
 * seen. A phone that has not come with the newest yet is sent away until somebody gives it to the phone. The same again
 * changes nothing (I5).
 */
export function endEarlier(connection: Connection, mac: string, context: IntentContext): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  if (endTokens(connection, context.at, `mac = ? AND ${IS_EARLIER}`, mac) > 0)
    journalWish(connection, 'phone.changed', `phone/${mac}`, context, { change: 'end-earlier' });
  return UNCHANGED;
}

/** What of a phone decides its files: its label must not make it fetch again. */
function servedOf({ vendor, model, lines }: Phone): unknown {
  return { vendor, model, lines };
}

/** SHA-256 of a token, hex: how a request's token is looked up. */
export function tokenHash(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex');
}

function whyRefused(connection: Connection, mac: string, phone: Phone): PhoneDecision | null {
  const refused = (detail: string): PhoneDecision => ({ outcome: 'not-carried', mac, detail });
  const dialect = dialectOf(phone);
  if (dialect !== null && phone.lines.length > lineLimit(dialect))
    return refused(`${dialect}: its format names ${lineLimit(dialect)} lines at most`);
  for (const { extension: number } of phone.lines) {
    const stored = readStoredExtension(connection, number);
    if (stored === null) return { outcome: 'unknown-extension', number };
    if (stored.extension.softphone === true) return { outcome: 'softphone', number, mac };
    // A key that a rotation is about to serve must be carried too.
    const next = connection.get(
      'SELECT new_refused_by FROM rotation_extensions WHERE number = ? AND "end" IS NULL AND new_key IS NOT NULL',
      number,
    );
    const coming = next === null ? null : { refusedBy: readDialects(text(next, 'new_refused_by')) };
    const detail =
      lineRefusal(phone, number, stored.extension) ?? keyRefusal(phone, stored.key) ?? keyRefusal(phone, coming);
    if (detail !== null) return refused(detail);
  }
  return null;
}
