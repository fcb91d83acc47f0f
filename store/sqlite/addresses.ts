import { parseAddress, type Address } from '../../schemas/address.ts';
import type { Connection } from './connection.ts';
import { text } from './rows.ts';

/** Shortest prefixes that a subscriber may have (design §5.1); no longer one can overlap from outside. */
const SHORTEST = { 4: 24, 6: 48 } as const;

/** An address of ours that somebody else on the same router has already. */
export interface HeldAddress {
  readonly address: string;
  readonly by: string;
}

/** Notes who has which address. What is no address is left out: the agent refuses it with its reason. */
export function writeAddresses(
  connection: Connection,
  epoch: number,
  router: string,
  subscriber: string,
  addresses: readonly string[],
): void {
  for (const address of parseAll(addresses)) {
    connection.run(
      'INSERT OR IGNORE INTO addresses (epoch, router, first, length, subscriber, address) VALUES (?, ?, ?, ?, ?, ?)',
      epoch,
      router,
      keyOf(address),
      address.length,
      subscriber,
      address.text,
    );
  }
}

export function removeAddresses(
  connection: Connection,
  epoch: number,
  router: string,
  subscriber: string,
  addresses: readonly string[],
): void {
  for (const address of parseAll(addresses)) {
    connection.run(
      'DELETE FROM addresses WHERE epoch = ? AND router = ? AND first = ? AND length = ? AND subscriber = ?',
      epoch,
      router,
      keyOf(address),
      address.length,
      subscriber,
    );
  }
}

/** The first of the addresses that shares an address with another subscriber of the router. */
export function findHeldAddress(
  connection: Connection,
  epoch: number,
  router: string,
  subscriber: string,
  addresses: readonly string[],
): HeldAddress | null {
  for (const address of parseAll(addresses)) {
    const by =
      holderInside(connection, epoch, router, subscriber, address) ??
      holderAround(connection, epoch, router, subscriber, address);
    if (by !== null) return { address: address.text, by };
  }
  return null;
}

function holderInside(
  connection: Connection,
  epoch: number,
  router: string,
  subscriber: string,
  address: Address,
): string | null {
  const row = connection.get(
    'SELECT subscriber FROM addresses WHERE epoch = ? AND router = ? AND first BETWEEN ? AND ? AND length >= ? AND subscriber <> ? LIMIT 1',
    epoch,
    router,
    keyOf(address),
    keyOf({ ...address, bytes: lastOf(address) }),
    address.length,
    subscriber,
  );
  return row === null ? null : text(row, 'subscriber');
}

function holderAround(
  connection: Connection,
  epoch: number,
  router: string,
  subscriber: string,
  address: Address,
): string | null {
  for (let length = address.length - 1; length >= SHORTEST[address.family]; length -= 1) {
    const outer = { ...address, bytes: address.bytes.map((byte, at) => byte & maskAt(length, at)) };
    const row = connection.get(
      'SELECT subscriber FROM addresses WHERE epoch = ? AND router = ? AND first = ? AND length = ? AND subscriber <> ? LIMIT 1',
      epoch,
      router,
      keyOf(outer),
      length,
      subscriber,
    );
    if (row !== null) return text(row, 'subscriber');
  }
  return null;
}

function parseAll(addresses: readonly string[]): readonly Address[] {
  return addresses.map(parseAddress).filter((address) => address !== null);
}

function keyOf(address: Pick<Address, 'family' | 'bytes'>): Uint8Array {
  return Uint8Array.from([address.family, ...address.bytes]);
}

function lastOf(address: Address): readonly number[] {
  return address.bytes.map((byte, at) => byte | (~maskAt(address.length, at) & 0xff));
}

function maskAt(length: number, at: number): number {
  const bits = Math.min(8, Math.max(0, length - at * 8));
  return (0xff << (8 - bits)) & 0xff;
}
