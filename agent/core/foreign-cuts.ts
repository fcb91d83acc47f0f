import { parseAddress, type Address } from '../../schemas/address.ts';
import { canonicalAddress } from './canonical.ts';
import { ownerOf } from './ownership.ts';
import { isTrue, type Row } from './row.ts';

/** Finds foreign rows of the cut-off list: they cut whatever they hold, and nothing we write changes that. */
export interface ForeignCuts {
  /** A row that holds the whole of an address or prefix. */
  covering(address: Address): Row | null;
  /** A row that holds any part of it: a subscriber's prefix is not open while one host in it is cut. */
  touching(address: Address, isMeant?: (row: Row) => boolean): Row | null;
  readonly size: number;
}

/** A row's first and last address, as text that sorts like the number. */
interface Span {
  readonly from: string;
  readonly to: string;
  readonly row: Row;
}

/** Spans by their first address; `reach[i]` is the greatest last address among the first i + 1. */
interface Index {
  readonly spans: readonly Span[];
  readonly reach: readonly string[];
}

/** Indexes enabled rows of the cut-off list that `isForeign` names. */
export function foreignCuts(
  rows: readonly Row[],
  list: string,
  isClaimed: (row: Row) => boolean,
  isForeign: (row: Row) => boolean = (row) => ownerOf(row) === null,
): ForeignCuts {
  const spans: Record<4 | 6, Span[]> = { 4: [], 6: [] };
  for (const row of rows) {
    if (row.get('list') !== list || isTrue(row.get('disabled')) || !isForeign(row) || isClaimed(row)) continue;
    const [first = '', last = first] = canonicalAddress(row.get('address') ?? '').split('-');
    const from = parseAddress(first);
    const to = parseAddress(last);
    if (from === null || to === null || from.family !== to.family) continue;
    spans[from.family].push({ from: firstOf(from), to: lastOf(to), row });
  }
  const indexes = { 4: indexOf(spans[4]), 6: indexOf(spans[6]) };
  return {
    size: spans[4].length + spans[6].length,
    covering(address) {
      if (spans[address.family].length === 0) return null;
      const last = lastOf(address);
      return find(indexes[address.family], firstOf(address), (span) => span.to >= last, last);
    },
    touching(address, isMeant = () => true) {
      if (spans[address.family].length === 0) return null;
      const first = firstOf(address);
      return find(indexes[address.family], lastOf(address), (span) => span.to >= first && isMeant(span.row), first);
    },
  };
}

function indexOf(spans: Span[]): Index {
  spans.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const reach: string[] = [];
  for (const { to } of spans) {
    const before = reach.at(-1);
    reach.push(before !== undefined && before > to ? before : to);
  }
  return { spans, reach };
}

/** A span that begins at or before `from` and passes the test; none does once nothing reaches `least` any more. */
function find({ spans, reach }: Index, from: string, test: (span: Span) => boolean, least: string): Row | null {
  for (let at = lastAtOrBefore(spans, from); at >= 0 && (reach[at] ?? '') >= least; at -= 1) {
    const span = spans[at];
    if (span !== undefined && test(span)) return span.row;
  }
  return null;
}

function lastAtOrBefore(spans: readonly Span[], from: string): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.from ?? '') <= from) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function firstOf({ bytes }: Address): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function lastOf({ bytes, length }: Address): string {
  return bytes
    .map((byte, at) => byte | (0xff >> Math.min(8, Math.max(0, length - at * 8))))
    .map((byte) => (byte & 0xff).toString(16).padStart(2, '0'))
    .join('');
}
