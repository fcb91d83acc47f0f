import type { Refusal, Registration } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { readBindings, readVerdict } from './phone-documents.ts';
import { journalPhones } from './phone-events.ts';
import { isPhoneRegistered } from './phones.ts';
import { flag, integer, text, textOrNull } from './rows.ts';

/** Notes what was seen of an extension, inside the caller's transaction; its phones are told of only when that changes. */
export function recordRegistration(connection: Connection, registration: Registration): void {
  const { number, at, verdict, bindings } = registration;
  if (connection.get('SELECT 1 FROM extensions WHERE number = ?', number) === null) return;
  const before = connection.get('SELECT registered FROM registrations WHERE number = ?', number);
  const was = before !== null && flag(before, 'registered');
  const isRegistered = bindings === null ? was : bindings.length > 0;
  const macs =
    was === isRegistered
      ? []
      : connection.all('SELECT DISTINCT mac FROM lines WHERE extension = ? ORDER BY mac', number);
  const phones = macs.map((row) => {
    const mac = text(row, 'mac');
    return { mac, was: isPhoneRegistered(connection, mac) };
  });
  connection.run(
    'INSERT OR REPLACE INTO registrations (number, at, verdict, bindings, registered) VALUES (?, ?, ?, ?, ?)',
    ...[number, at, verdict, bindings === null ? null : canonicalJson(bindings), isRegistered ? 1 : 0],
  );
  for (const phone of phones) {
    const isNow = isPhoneRegistered(connection, phone.mac);
    if (isNow === phone.was) continue;
    const type = isNow ? 'phone.registered' : 'phone.unregistered';
    journalPhones(connection, type, `phone/${phone.mac}`, at, { extension: number });
  }
}

export function lastRegistration(connection: Connection, number: string): Registration | null {
  const row = connection.get('SELECT * FROM registrations WHERE number = ?', number);
  if (row === null) return null;
  const bindings = textOrNull(row, 'bindings');
  return {
    number,
    at: integer(row, 'at'),
    verdict: readVerdict(text(row, 'verdict')),
    bindings: bindings === null ? null : readBindings(bindings),
  };
}

export function recordRefusal(connection: Connection, { number, keyMark, at }: Refusal): void {
  connection.run('INSERT INTO refusals (number, key_mark, at) VALUES (?, ?, ?)', number, keyMark, at);
}

/** Oldest first. */
export function refusalsSince(connection: Connection, at: number): readonly Refusal[] {
  return connection.all('SELECT * FROM refusals WHERE at >= ? ORDER BY at, rowid', at).map((row) => ({
    number: text(row, 'number'),
    keyMark: text(row, 'key_mark'),
    at: integer(row, 'at'),
  }));
}
