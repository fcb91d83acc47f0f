import { contains, parseAddress, type Address } from '../../schemas/address.ts';
import { canonicalAddress } from './canonical.ts';
import { ownerOf } from './ownership.ts';
import { isTrue, type Row } from './row.ts';

/** Finds foreign rows of the cut-off list that hold an address: they cut it whatever we do. */
export interface ForeignCuts {
  covering(address: Address): Row | null;
  readonly size: number;
}

/** Indexes enabled rows of the cut-off list that are not ours: hosts by text, prefixes and ranges by comparison. */
export function foreignCuts(rows: readonly Row[], list: string, isClaimed: (row: Row) => boolean): ForeignCuts {
  const hosts = new Map<string, Row>();
  const wide: { from: Address; to: Address; row: Row }[] = [];
  for (const row of rows) {
    if (row.get('list') !== list || isTrue(row.get('disabled')) || ownerOf(row) !== null || isClaimed(row)) continue;
    const text = canonicalAddress(row.get('address') ?? '');
    const [first = '', last] = text.split('-');
    const from = parseAddress(first);
    const to = last === undefined ? from : parseAddress(last);
    if (from === null || to === null) continue;
    hosts.set(text, row);
    if (last !== undefined || from.length < (from.family === 4 ? 32 : 128)) wide.push({ from, to, row });
  }
  return {
    size: hosts.size,
    covering(address) {
      const exact = hosts.get(address.text);
      if (exact !== undefined) return exact;
      return wide.find(({ from, to }) => holds(from, to, address))?.row ?? null;
    },
  };
}

function holds(from: Address, to: Address, address: Address): boolean {
  if (from.family !== address.family) return false;
  if (from === to) return contains(from, address) || contains(address, from);
  return compare(from.bytes, address.bytes) <= 0 && compare(address.bytes, to.bytes) <= 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, byte] of a.entries()) {
    const other = b[at] ?? 0;
    if (byte !== other) return byte - other;
  }
  return 0;
}
