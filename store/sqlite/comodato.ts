import type { ComodatoReturn, ReturnCause } from '../../schemas/comodato.ts';
import { ReturnCause as Cause } from '../../schemas/comodato.ts';
import type { Extension } from '../../schemas/extension.ts';
import type { Phone } from '../../schemas/phone.ts';
import { Compile } from 'typebox/compile';
import type { IntentContext, Page } from '../terms.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readNames, wordReader } from './documents.ts';
import { linkedPhones, readStoredExtension } from './extensions.ts';
import { isoOrNull, readPhoneJson } from './phone-documents.ts';
import { journalWish } from './phone-events.ts';
import { readStoredPhone } from './phones.ts';
import { integer, integerOrNull, text, textOrNull, type Row } from './rows.ts';

/** An extension as far as comodato is concerned; null: there is none. */
type ExtensionOf = (number: string) => Pick<Extension, 'owner' | 'site'> | null;

/** A record that is to be written: of a phone, as it was. */
export interface EndedComodato {
  readonly mac: string;
  readonly cause: ReturnCause;
  readonly phone: Phone;
  readonly extensions: readonly string[];
  readonly site: string | null;
  readonly note: string | null;
}

/** A phone's lines that the provider lent it for. */
function comodatoLines({ lines }: Phone, extensionOf: ExtensionOf): readonly string[] {
  return lines.map(({ extension }) => extension).filter((number) => extensionOf(number)?.owner === 'comodato');
}

/** The record of a phone whose last line in comodato goes, or null where it had none or keeps one. */
export function endedComodato(
  mac: string,
  before: { readonly phone: Phone; readonly extensionOf: ExtensionOf },
  after: { readonly phone: Phone; readonly extensionOf: ExtensionOf } | null,
  cause: ReturnCause | null = null,
): EndedComodato | null {
  const extensions = comodatoLines(before.phone, before.extensionOf);
  if (extensions.length === 0) return null;
  if (after !== null && comodatoLines(after.phone, after.extensionOf).length > 0) return null;
  const isLineKept = after?.phone.lines.some(({ extension }) => extensions.includes(extension)) === true;
  const site = extensions.map((number) => before.extensionOf(number)?.site).find((one) => one !== undefined) ?? null;
  const found = after === null ? 'phone-deleted' : isLineKept ? 'owner-changed' : 'lines-removed';
  return { mac, cause: cause ?? found, phone: before.phone, extensions, site, note: null };
}

/** What is stored now, for `endedComodato`. */
export function storedExtensionOf(connection: Connection): ExtensionOf {
  return (number) => readStoredExtension(connection, number)?.extension ?? null;
}

/** The records that a change of one extension makes: of each phone that has it as its last line in comodato. */
export function endedByExtension(
  connection: Connection,
  number: string,
  extension: Extension,
): readonly EndedComodato[] {
  const extensionOf = storedExtensionOf(connection);
  const wanted: ExtensionOf = (other) => (other === number ? extension : extensionOf(other));
  return linkedPhones(connection, number).flatMap(
    ({ mac, phone }) => endedComodato(mac, { phone, extensionOf }, { phone, extensionOf: wanted }) ?? [],
  );
}

/** The record that a change of one phone makes; `phone` null: it goes. */
export function endedByPhone(
  connection: Connection,
  mac: string,
  phone: Phone | null,
  cause: ReturnCause | null = null,
): EndedComodato | null {
  const before = readStoredPhone(connection, mac);
  if (before === null) return null;
  const extensionOf = storedExtensionOf(connection);
  return endedComodato(
    mac,
    { phone: before.phone, extensionOf },
    phone === null ? null : { phone, extensionOf },
    cause,
  );
}

/** Writes a record and tells it in the journal, inside the caller's transaction: with the change that makes it, or not at all. */
export function writeEnded(connection: Connection, ended: EndedComodato, context: IntentContext): void {
  const { mac, cause, phone, extensions, site, note } = ended;
  const { at, actor, operation } = context;
  // One request ends the service of a phone once.
  const id = `${operation}-${mac}`;
  connection.run(
    `INSERT INTO comodato_returns (id, mac, at, actor, via, cause, phone, extensions, site, note)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, mac, at, actor.name, actor.via, cause, canonicalJson(phone), canonicalJson(extensions), site, note],
  );
  const { vendor, model = null, serial = null } = phone;
  journalWish(connection, 'comodato.ended', `comodato/${id}`, context, {
    ...{ mac, cause, vendor, model, serial, extensions },
  });
}

/** True when it is there, acknowledged now or before: the first acknowledgement stays (I5). */
export function acknowledge(
  connection: Connection,
  id: string,
  ticket: string | null,
  context: IntentContext,
): boolean {
  const found = readReturn(connection, id);
  if (found === null) return false;
  if (found.acknowledged !== null) return true;
  connection.run(
    'UPDATE comodato_returns SET acknowledged_at = ?, acknowledged_by = ?, ticket = ? WHERE id = ?',
    ...[context.at, context.actor.name, ticket, id],
  );
  journalWish(connection, 'comodato.acknowledged', `comodato/${id}`, context, { mac: found.mac, ticket });
  return true;
}

export function readReturn(connection: Connection, id: string): ComodatoReturn | null {
  const row = connection.get('SELECT * FROM comodato_returns WHERE id = ?', id);
  return row === null ? null : returnOf(row);
}

/** The newest record of a phone. */
export function lastReturnOf(connection: Connection, mac: string): ComodatoReturn | null {
  const row = connection.get('SELECT * FROM comodato_returns WHERE mac = ? ORDER BY seq DESC LIMIT 1', mac);
  return row === null ? null : returnOf(row);
}

/** Oldest first: what waits longest is first to be acknowledged. */
export function returnPage(
  connection: Connection,
  isOpenOnly: boolean,
  after: string | null,
  limit: number,
): Page<ComodatoReturn> {
  const rows = connection.all(
    `SELECT * FROM comodato_returns WHERE seq > ? ${isOpenOnly ? 'AND acknowledged_at IS NULL' : ''} ORDER BY seq LIMIT ?`,
    Number(after ?? 0),
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(returnOf),
    next: rows.length > limit && last !== undefined ? String(integer(last, 'seq')) : null,
  };
}

const readCause = wordReader('cause of a return', Compile(Cause));

function returnOf(row: Row): ComodatoReturn {
  const { vendor, model = null, serial = null, label = null } = readPhoneJson(text(row, 'phone'));
  const acknowledgedAt = isoOrNull(integerOrNull(row, 'acknowledged_at'));
  return {
    id: text(row, 'id'),
    state: acknowledgedAt === null ? 'open' : 'acknowledged',
    cause: readCause(text(row, 'cause')),
    at: new Date(integer(row, 'at')).toISOString(),
    by: { name: text(row, 'actor'), via: text(row, 'via') },
    mac: text(row, 'mac'),
    ...{ vendor, model, serial, label },
    site: textOrNull(row, 'site'),
    extensions: [...readNames(text(row, 'extensions'))],
    note: textOrNull(row, 'note'),
    acknowledged:
      acknowledgedAt === null
        ? null
        : { at: acknowledgedAt, by: textOrNull(row, 'acknowledged_by') ?? '', ticket: textOrNull(row, 'ticket') },
  };
}
