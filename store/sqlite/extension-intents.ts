import type { Extension } from '../../schemas/extension.ts';
import type { NewKey } from '../phone-ports.ts';
import type { IntentContext } from '../terms.ts';
import { keyRefusal, lineRefusal } from './carried.ts';
import { failsCondition } from './conditions.ts';
import { endedByExtension, writeEnded } from './comodato.ts';
import type { Connection } from './connection.ts';
import { delegationMove, moveDelegation } from './delegations.ts';
import { canonicalJson } from './documents.ts';
import {
  linkedPhones,
  openRotationOf,
  readStoredExtension,
  writeExtension,
  type LinkedPhone,
  type SealedKey,
  type StoredExtension,
} from './extensions.ts';
import { nextRevision } from './journal.ts';
import { CREATED, UNCHANGED, type PhoneDecision } from './phone-decision.ts';
import { journalWish } from './phone-events.ts';
import { failWorkAbout } from './phone-work.ts';
import { isSame } from './subscribers.ts';

/** PUT of an extension. Without a key the one that is set stays; the same content and key again change nothing (I5). */
export function putExtension(
  connection: Connection,
  number: string,
  extension: Extension,
  given: SealedKey | null,
  context: IntentContext,
): PhoneDecision {
  const current = readStoredExtension(connection, number);
  if (failsCondition(context, current?.revision ?? null)) return { outcome: 'precondition-failed' };
  const fresh = given !== null && given.mark !== current?.key?.mark ? given : null;
  const phones = linkedPhones(connection, number);
  const isSameCredential =
    fresh === null && (current === null || credentialOf(current.extension) === credentialOf(extension));
  const refused =
    (isSameCredential ? null : whyKept(connection, number, current, phones)) ??
    whySoftphone(phones, number, extension) ??
    whyNotCarried(phones, number, extension, fresh);
  if (refused !== null) return refused;
  if (current !== null && fresh === null && isSame(current.extension, extension)) return UNCHANGED;

  const ended = endedByExtension(connection, number, extension);
  const revision = nextRevision(connection);
  const isServedSame =
    current !== null && fresh === null && servedOfExtension(current.extension) === servedOfExtension(extension);
  writeExtension(connection, {
    number,
    revision,
    servedRevision: isServedSame ? current.servedRevision : revision,
    extension,
    key: fresh === null ? (current?.key ?? null) : { ...fresh, changedAt: context.at },
  });
  const data = { change: 'put', isKeyChanged: fresh !== null };
  journalWish(connection, 'extension.changed', `extension/${number}`, context, data);
  moveDelegation(connection, number, delegationMove(current?.extension ?? null, extension), context);
  for (const one of ended) writeEnded(connection, one, context);
  return current === null ? CREATED : UNCHANGED;
}

/** DELETE of an extension that no phone has as a line and that is in no open rotation. */
export function deleteExtension(connection: Connection, number: string, context: IntentContext): PhoneDecision {
  const current = readStoredExtension(connection, number);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  const [phone] = linkedPhones(connection, number);
  if (phone !== undefined) return { outcome: 'in-use', by: `phone/${phone.mac}` };
  const rotation = openRotationOf(connection, number);
  if (rotation !== null) return { outcome: 'in-use', by: `rotation/${rotation}` };

  failWorkAbout(connection, 'validate', number, 'unknown-extension', context.at);
  forgetKeptKeys(connection, number);
  connection.run('DELETE FROM extensions WHERE number = ?', number);
  journalWish(connection, 'extension.changed', `extension/${number}`, context, { change: 'delete' });
  return UNCHANGED;
}

/** Drops the keys from before earlier rotations that were kept past their end. */
export function forgetKeptKeys(connection: Connection, number: string): void {
  connection.run(
    'UPDATE rotation_extensions SET old_key = NULL, old_mark = NULL WHERE number = ? AND old_key IS NOT NULL',
    number,
  );
}

/** A softphone logs in with a web key, at a portal of its own: its extension is no line of a phone. */
function whySoftphone(phones: readonly LinkedPhone[], number: string, extension: Extension): PhoneDecision | null {
  const [phone] = phones;
  return extension.softphone === true && phone !== undefined ? { outcome: 'softphone', number, mac: phone.mac } : null;
}

/** What of a new or changed key or extension the formats of its phones cannot carry. */
export function whyNotCarried(
  phones: readonly LinkedPhone[],
  number: string,
  extension: Extension,
  key: Pick<NewKey, 'refusedBy'> | null,
): Extract<PhoneDecision, { readonly outcome: 'not-carried' }> | null {
  for (const { mac, phone } of phones) {
    const detail = lineRefusal(phone, number, extension) ?? keyRefusal(phone, key);
    if (detail !== null) return { outcome: 'not-carried', mac, detail };
  }
  return null;
}

/**
 * Why a PUT cannot replace what the registrar checks, key, user and registrar being one credential (I11): phones work with
 * it, or a rotation proves it now.
 */
export function whyKept(
  connection: Connection,
  number: string,
  current: StoredExtension | null,
  phones: readonly LinkedPhone[],
): Extract<PhoneDecision, { readonly outcome: 'in-rotation' | 'key-in-use' }> | null {
  const rotation = openRotationOf(connection, number);
  if (rotation !== null) return { outcome: 'in-rotation', number, rotation };
  if (current === null || current.key === null) return null;
  return phones.some(({ hasFetched }) => hasFetched) ? { outcome: 'key-in-use', number } : null;
}

/** What a key is proven together with. */
export function credentialOf({ registrar, authUser }: Extension): string {
  return canonicalJson([registrar, authUser ?? null]);
}

/** What of an extension ends in a phone's file: the rest must not make a phone fetch again. */
export function servedOfExtension({ registrar, displayName, authUser }: Extension): string {
  return canonicalJson([registrar, displayName, authUser ?? null]);
}
