import { AppError } from '../../schemas/app-error.ts';
import type { PortalAddress } from '../ports.ts';
import type { Connection } from './connection.ts';
import { appendJournal } from './journal.ts';
import { integer, text } from './rows.ts';

export function readPortalAddresses(connection: Connection): readonly PortalAddress[] {
  return connection.all('SELECT * FROM portal_addresses ORDER BY use, host, address').map((row) => ({
    address: text(row, 'address'),
    host: text(row, 'host'),
    use: useOf(text(row, 'use')),
    firstSeen: integer(row, 'first_seen'),
    lastSeen: integer(row, 'last_seen'),
  }));
}

/** Replaces the whole list; the journal is told when an address came or went, not when one was merely seen again. */
export function recordPortalAddresses(connection: Connection, at: number, addresses: readonly PortalAddress[]): void {
  const before = new Map(readPortalAddresses(connection).map((address) => [keyOf(address), address]));
  const after = new Map(addresses.map((address) => [keyOf(address), address]));
  for (const [key, { address, host, use }] of before) {
    if (after.has(key)) continue;
    connection.run('DELETE FROM portal_addresses WHERE address = ? AND host = ? AND use = ?', address, host, use);
  }
  for (const [key, { address, host, use, firstSeen, lastSeen }] of after) {
    const known = before.get(key);
    if (known?.firstSeen === firstSeen && known.lastSeen === lastSeen) continue;
    connection.run(
      'INSERT OR REPLACE INTO portal_addresses (address, host, use, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)',
      ...[address, host, use, firstSeen, lastSeen],
    );
  }
  const isSame = before.size === after.size && [...after.keys()].every((key) => before.has(key));
  if (isSame) return;
  const data = { change: 'addresses', count: after.size };
  appendJournal(connection, { at, type: 'portal.changed', subject: 'portal/portal', router: null, data });
}

function keyOf({ address, host, use }: PortalAddress): string {
  return `${use} ${host} ${address}`;
}

function useOf(use: string): PortalAddress['use'] {
  if (use === 'portal' || use === 'garden' || use === 'always') return use;
  throw new AppError('store-corrupt', `unknown use of a portal address: ${use}`, { retryable: false });
}
