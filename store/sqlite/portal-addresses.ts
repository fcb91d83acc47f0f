import { Compile } from 'typebox/compile';
import { AppError } from '../../schemas/app-error.ts';
import { PortalRound } from '../../schemas/portal-round.ts';
import type { PortalAddress } from '../ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, reader } from './documents.ts';
import { appendJournal } from './journal.ts';
import { integer, text } from './rows.ts';

const readRound = reader('round of the portal', Compile(PortalRound));

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

export function readPortalRound(connection: Connection): PortalRound | null {
  const row = connection.get('SELECT body FROM portal_round WHERE id = 1');
  return row === null ? null : readRound(text(row, 'body'));
}

/** Keeps the last round; the journal is told when notices begin to lead elsewhere, or wait to. */
export function recordPortalRound(connection: Connection, round: PortalRound): void {
  const before = readPortalRound(connection);
  connection.run('INSERT OR REPLACE INTO portal_round (id, body) VALUES (1, ?)', canonicalJson(round));
  if (before !== null && wayOf(before) === wayOf(round)) return;
  const data = { change: 'lead', leadsTo: round.lead.domain, awaited: round.awaited?.domain ?? null };
  appendJournal(connection, { at: round.at, type: 'portal.changed', subject: 'portal/portal', router: null, data });
}

export function readPortalConfirmations(connection: Connection): ReadonlyMap<string, number> {
  const rows = connection.all('SELECT host, at FROM portal_confirmed');
  return new Map(rows.map((row) => [text(row, 'host'), integer(row, 'at')]));
}

/** Takes away these confirmations, and none that was given since. */
export function voidPortalConfirmations(connection: Connection, voided: ReadonlyMap<string, number>): void {
  for (const [host, at] of voided) connection.run('DELETE FROM portal_confirmed WHERE host = ? AND at = ?', host, at);
}

function wayOf({ lead, awaited }: PortalRound): string {
  const { domain, cnameTargets } = awaited ?? { domain: '', cnameTargets: [] };
  return canonicalJson({ lead, domain, cnameTargets });
}

function keyOf({ address, host, use }: PortalAddress): string {
  return `${use} ${host} ${address}`;
}

function useOf(use: string): PortalAddress['use'] {
  if (use === 'portal' || use === 'garden' || use === 'always') return use;
  throw new AppError('store-corrupt', `unknown use of a portal address: ${use}`, { retryable: false });
}
