import type { ToldSlot } from '../../schemas/told-slot.ts';
import type { ToldSlots } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { integer, text, textOrNull, type Row } from './rows.ts';

export function toldSlot(row: Row): ToldSlot {
  return { slot: integer(row, 'slot'), extension: textOrNull(row, 'extension'), former: textOrNull(row, 'former') };
}

/** Which slot each line of a phone has, of those that were told; the provisioner may be some milliseconds behind. */
export function heldSlots(connection: Connection, mac: string): { slot: number; extension: string }[] {
  return connection
    .all(
      `SELECT slot, t.extension FROM told_slots t JOIN lines l ON l.mac = t.mac AND l.extension = t.extension
       WHERE t.mac = ? ORDER BY slot`,
      mac,
    )
    .map((row) => ({ slot: integer(row, 'slot'), extension: text(row, 'extension') }));
}

export function recordToldSlots(connection: Connection, { mac, revision, slots }: ToldSlots): void {
  for (const { slot, extension, former } of slots) {
    connection.run(
      'INSERT OR REPLACE INTO told_slots (mac, slot, extension, former, revision) VALUES (?, ?, ?, ?, ?)',
      ...[mac, slot, extension, former, revision],
    );
  }
}

/** The phone took a file of this revision: who was to go by it, or by an earlier one, is gone. */
export function confirmToldSlots(connection: Connection, mac: string, revision: number): void {
  connection.run(
    'UPDATE told_slots SET former = NULL WHERE mac = ? AND revision <= ? AND former IS NOT NULL',
    ...[mac, revision],
  );
}
