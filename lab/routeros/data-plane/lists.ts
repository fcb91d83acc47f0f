import { isWithin, parseRange, type IpRange } from '../address.ts';
import type { StoredRow, Table } from '../table.ts';
import type { Ip } from './packet.ts';

interface ListEntries {
  /** How many rows hold a single address: duplicates may be forced. */
  readonly single: Map<bigint, number>;
  readonly ranges: Map<string, IpRange>;
}

/** Which addresses an address-list holds, kept up with its table; disabled rows and names do not match. */
export class AddressLists {
  readonly #lists = new Map<string, ListEntries>();

  constructor(table: Table) {
    for (const row of table.rows()) this.#enter(row, 1);
    table.subscribe((change) => {
      if (change.kind === 'moved') return;
      if (change.kind === 'changed') this.#enter(change.old, -1);
      this.#enter(change.row, change.kind === 'removed' ? -1 : 1);
    });
  }

  has(list: string, ip: Ip): boolean {
    const entries = this.#lists.get(list);
    if (entries === undefined) return false;
    if (entries.single.has(ip.value)) return true;
    for (const range of entries.ranges.values()) if (isWithin(range, ip)) return true;
    return false;
  }

  #enter(row: StoredRow, by: 1 | -1): void {
    const range = parseRange(row.attributes['address'] ?? '');
    if (range === null || row.attributes['disabled'] === 'true') return;
    const name = row.attributes['list'] ?? '';
    let entries = this.#lists.get(name);
    if (entries === undefined) this.#lists.set(name, (entries = { single: new Map(), ranges: new Map() }));
    if (range.first !== range.last) {
      if (by === 1) entries.ranges.set(row.id, range);
      else entries.ranges.delete(row.id);
      return;
    }
    const count = (entries.single.get(range.first) ?? 0) + by;
    if (count > 0) entries.single.set(range.first, count);
    else entries.single.delete(range.first);
  }
}
