import { PROVISIONER, type IntentContext } from '../terms.ts';
import type { Connection } from './connection.ts';
import { appendJournal } from './journal.ts';

/** Journals what happened to an extension, a phone or a rotation. Nothing in `data` is secret (I9). */
export function journalPhones(
  connection: Connection,
  type: string,
  subject: string,
  at: number,
  data: Readonly<Record<string, unknown>>,
  operation: string | null = null,
): void {
  appendJournal(connection, { at, type, subject, router: PROVISIONER, data }, operation);
}

/** The same, by a person: the entry names who it was. */
export function journalWish(
  connection: Connection,
  type: string,
  subject: string,
  { at, actor, operation }: IntentContext,
  data: Readonly<Record<string, unknown>>,
): void {
  journalPhones(connection, type, subject, at, { ...data, operation, actor: actor.name, via: actor.via });
}
