import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CentralState } from '../../schemas/central.ts';
import type { CentralRecord } from '../ports.ts';
import type { Connection } from './connection.ts';
import { wordReader } from './documents.ts';
import { appendJournal } from './journal.ts';
import { integer, text } from './rows.ts';

const readTold = wordReader('state of the central link', Compile(Type.Exclude(CentralState, Type.Literal('none'))));

export function centralRecord(connection: Connection): CentralRecord | null {
  const row = connection.get('SELECT contact_at, told FROM central WHERE id = 1');
  return row === null ? null : { contactAt: integer(row, 'contact_at'), told: readTold(text(row, 'told')) };
}

/** From here on a silence counts, where none was counted before. */
export function beginCentral(connection: Connection, at: number): void {
  connection.run("INSERT OR IGNORE INTO central (id, contact_at, told) VALUES (1, ?, 'in-touch')", at);
}

/** The central platform was heard; whoever was told of its silence is told of that. */
export function recordCentralContact(connection: Connection, at: number): void {
  const before = centralRecord(connection);
  connection.run("INSERT OR REPLACE INTO central (id, contact_at, told) VALUES (1, ?, 'in-touch')", at);
  if (before === null || before.told === 'in-touch') return;
  tell(connection, at, 'central.back', before.contactAt);
}

/** Tells the operator of a silence, once for each state. */
export function tellCentral(connection: Connection, at: number, state: CentralRecord['told']): void {
  const before = centralRecord(connection);
  if (before === null || before.told === state) return;
  connection.run('UPDATE central SET told = ? WHERE id = 1', state);
  if (state !== 'in-touch') tell(connection, at, `central.${state}`, before.contactAt);
}

function tell(connection: Connection, at: number, type: string, contactAt: number): void {
  const data = { lastContactAt: new Date(contactAt).toISOString() };
  appendJournal(connection, { at, type, subject: `site/${connection.site}`, router: null, data });
}
