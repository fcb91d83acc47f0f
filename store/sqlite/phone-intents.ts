import { createHash } from 'node:crypto';
import type { Extension } from '../../schemas/extension.ts';
import { overfull } from '../../schemas/phone-formats/line-room.ts';
import { encryptionRefusal } from '../../schemas/phone-formats/refusal.ts';
import type { Phone } from '../../schemas/phone.ts';
import type { Secret } from '../../schemas/secret.ts';
import type { PhoneIntent } from '../phone-ports.ts';
import type { IntentContext } from '../terms.ts';
import { keyRefusal, lineRefusal } from './carried.ts';
import { failsCondition } from './conditions.ts';
import { endedByPhone, writeEnded, type EndedComodato } from './comodato.ts';
import type { Connection } from './connection.ts';
import { endTokens, IS_EARLIER } from './ended-tokens.ts';
import { readStoredExtension, type SealedKey } from './extensions.ts';
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
  const refused = whyRefused(connection, mac, phone, current?.phone ?? null);
  if (refused !== null) return refused;
  if (current !== null && isSame(current.phone, phone)) return UNCHANGED;

  const ended = endedByPhone(connection, mac, phone);
  const revision = nextRevision(connection);
  const isServedSame = current !== null && isSame(servedOfPhone(current.phone), servedOfPhone(phone));
  writePhone(connection, { mac, revision, servedRevision: isServedSame ? current.servedRevision : revision, phone });
  journalWish(connection, 'phone.changed', `phone/${mac}`, context, { change: 'put', vendor: phone.vendor });
  if (ended !== null) writeEnded(connection, ended, context);
  return current === null ? CREATED : UNCHANGED;
}

/** DELETE of a phone: its tokens end with it. */
export function deletePhone(connection: Connection, mac: string, context: IntentContext): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  removePhone(connection, mac, endedByPhone(connection, mac, null), context);
  return UNCHANGED;
}

/** A phone in comodato was given back: what is known of it is kept as a record, and it goes, its tokens with it. */
export function returnPhone(
  connection: Connection,
  { mac, serial, note }: Extract<PhoneIntent, { readonly kind: 'return-phone' }>,
  context: IntentContext,
): PhoneDecision {
  const current = readStoredPhone(connection, mac);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  const ended = endedByPhone(connection, mac, null, 'returned');
  if (ended === null) return { outcome: 'not-comodato' };
  // What was read off the phone in hand outranks what was written down before.
  const phone = serial === null ? ended.phone : { ...ended.phone, serial };
  removePhone(connection, mac, { ...ended, phone, note }, context);
  return UNCHANGED;
}

function removePhone(connection: Connection, mac: string, ended: EndedComodato | null, context: IntentContext): void {
  failWorkAbout(connection, 'resync', mac, 'unknown-phone', context.at);
  connection.run('DELETE FROM phones WHERE mac = ?', mac);
  journalWish(connection, 'phone.changed', `phone/${mac}`, context, { change: 'delete' });
  if (ended !== null) writeEnded(connection, ended, context);
}

/** A token as it is kept: hashed for who brings it, sealed for the provisioner, which tells it to the phone. */
export interface SealedToken {
  readonly hash: string;
  readonly sealed: Uint8Array;
}

/** A provisioning token with the key of what is served under it, sealed; null: it is served plain. */
export interface SealedHome extends SealedToken {
  readonly sealedFileKey: Uint8Array | null;
}

/** New tokens for a phone. */
export interface NewTokens {
  /** The one that is shown; where the enrolment alone leads to encrypted files, theirs too. The first use of one ends the other. */
  readonly provisioning: readonly SealedHome[];
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
  const insert = `INSERT INTO phone_tokens (hash, mac, kind, token, expires_at, used_at, enrolment, file_key)
    VALUES (?, ?, ?, ?, ?, NULL, ?, ?)`;
  for (const { hash, sealed, sealedFileKey } of provisioning)
    connection.run(insert, hash, mac, 'provisioning', sealed, null, order, sealedFileKey);
  connection.run(insert, enrolment.hash, mac, 'enrolment', enrolment.sealed, expiresAt, order, null);
  if (credentials !== null)
    connection.run(insert, credentials.hash, mac, 'credentials', credentials.sealed, null, order, null);
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
export function servedOfPhone({ vendor, model, lines }: Phone): unknown {
  return { vendor, model, lines };
}

/** SHA-256 of a token, hex: how a request's token is looked up. */
export function tokenHash(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex');
}

function whyRefused(connection: Connection, mac: string, phone: Phone, before: Phone | null): PhoneDecision | null {
  return whyPhoneRefused(mac, phone, before, {
    extensionOf: (number) => readStoredExtension(connection, number),
    comingKeyOf: (number) => comingKeyOf(connection, number),
  });
}

/** What a phone's lines are judged by: extensions as they stand, or as they are about to. */
export interface LinesView {
  readonly extensionOf: (number: string) => {
    readonly extension: Extension;
    readonly key: Pick<SealedKey, 'refusedBy'> | null;
  } | null;
  readonly comingKeyOf: (number: string) => Pick<SealedKey, 'refusedBy'> | null;
}

export type LinesRefusal = Extract<
  PhoneDecision,
  { readonly outcome: 'unknown-extension' | 'softphone' | 'not-carried' }
>;

/** Why a phone cannot have the lines it names, or null. */
export function whyPhoneRefused(mac: string, phone: Phone, before: Phone | null, view: LinesView): LinesRefusal | null {
  const refused = (detail: string): LinesRefusal => ({ outcome: 'not-carried', mac, detail });
  const tooMany = overfull(phone, before);
  if (tooMany !== null) return refused(tooMany);
  const unreadable = encryptionRefusal(phone, phone.encryption);
  if (unreadable !== null) return refused(unreadable);
  for (const { extension: number } of phone.lines) {
    const stored = view.extensionOf(number);
    if (stored === null) return { outcome: 'unknown-extension', number };
    if (stored.extension.softphone === true) return { outcome: 'softphone', number, mac };
    const detail =
      lineRefusal(phone, number, stored.extension) ??
      keyRefusal(phone, stored.key) ??
      keyRefusal(phone, view.comingKeyOf(number));
    if (detail !== null) return refused(detail);
  }
  return null;
}

/** A key that a rotation is about to serve: a phone's format must carry it too. */
export function comingKeyOf(connection: Connection, number: string): Pick<SealedKey, 'refusedBy'> | null {
  const next = connection.get(
    'SELECT new_refused_by FROM rotation_extensions WHERE number = ? AND "end" IS NULL AND new_key IS NOT NULL',
    number,
  );
  return next === null ? null : { refusedBy: readDialects(text(next, 'new_refused_by')) };
}
