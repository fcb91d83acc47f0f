import { canonicalAddress } from './core/canonical.ts';
import { ownComment, ownerOf, type RowKey } from './core/ownership.ts';
import { rowsOf, type ObservedRouter } from './core/observed.ts';
import type { Menu, Row, RowId } from './core/row.ts';
import { SESSION_MENUS, usageOf, type RouterUsage } from './core/sessions/usage.ts';

const ROW_MENUS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list', '/ip/proxy/access'] as const;

/** One row of ours for a subscriber, as last read or written. */
export interface ImageRow {
  readonly menu: Menu;
  readonly id: RowId;
  readonly key: RowKey;
  readonly address: string;
}

/**
 * What we believe the router holds of ours for each subscriber: the last full read plus our own writes since. The restore
 * lane finds its rows here, for a filtered print costs the router a walk over its whole table. Forgotten with the session:
 * after a reconnect only a new read is believed.
 */
export class RouterImage {
  readonly #rows = new Map<string, readonly ImageRow[]>();
  /** Subscribers with a write whose end is unknown: their rows may differ from what stands here. */
  readonly #doubtful = new Set<string>();
  #observed: ObservedRouter | null = null;
  /** Nothing was written, nor doubted, since the last read. */
  #isAsRead = false;
  #usage: RouterUsage | null = null;
  /** Addresses of the rows that were nobody's of ours at the last read, by menu and id; made when first asked for. */
  readonly #unmarked = new Map<Menu, ReadonlyMap<RowId, string>>();

  /** The last full read of this session, or null before the first. */
  get observed(): ObservedRouter | null {
    return this.#observed;
  }

  /** Who was online at the last full read; made when first asked for. */
  get usage(): RouterUsage {
    this.#usage ??= usageOf(this.#observed ?? { tables: new Map() });
    return this.#usage;
  }

  /** Takes over a full read. A table that is the very one of the last read needs no second look (`keepTables`). */
  replace(observed: ObservedRouter): void {
    const before = this.#isAsRead ? this.#observed : null;
    const isKept = (menu: Menu): boolean => before !== null && rowsOf(before, menu) === rowsOf(observed, menu);
    if (!SESSION_MENUS.every(isKept)) this.#usage = null;
    this.#observed = observed;
    this.#unmarked.clear();
    if (ROW_MENUS.every(isKept)) return;
    this.#rows.clear();
    this.#doubtful.clear();
    for (const menu of ROW_MENUS) for (const row of rowsOf(observed, menu)) this.#note(menu, row);
    this.#isAsRead = true;
  }

  forget(): void {
    this.#observed = null;
    this.#isAsRead = false;
    this.#usage = null;
    this.#unmarked.clear();
    this.#rows.clear();
    this.#doubtful.clear();
  }

  /** A write for this subscriber failed: whether it was done is not known before the next read. */
  doubt(subscriber: string): void {
    this.#isAsRead = false;
    this.#doubtful.add(subscriber);
  }

  /** True when the rows of this subscriber are known: read, or written with an answer. */
  knows(subscriber: string): boolean {
    return this.#observed !== null && !this.#doubtful.has(subscriber);
  }

  rowsOf(subscriber: string): readonly ImageRow[] {
    return this.#rows.get(subscriber) ?? [];
  }

  /** Canonical addresses of all rows of ours. */
  get addresses(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const rows of this.#rows.values()) for (const { address } of rows) found.add(canonicalAddress(address));
    return found;
  }

  /** Rows in the tables a restore has to look at, as far as known: what a filtered print would cost. */
  get tableRows(): number {
    let count = 0;
    for (const menu of ['/ip/firewall/address-list', '/ip/proxy/access'] as const) {
      count += this.#observed === null ? 0 : rowsOf(this.#observed, menu).length;
    }
    for (const rows of this.#rows.values()) count += rows.length;
    return count;
  }

  added(menu: Menu, id: RowId, values: Readonly<Record<string, string>>, key: RowKey): void {
    this.#isAsRead = false;
    this.#note(menu, new Map([...Object.entries(values), ['.id', id], ['comment', ownComment(key)]]));
  }

  removed(menu: Menu, id: RowId, subscriber: string): void {
    this.#isAsRead = false;
    this.#take(menu, id, subscriber);
  }

  /** A row was given to another subscriber, or to another purpose. */
  rekeyed(menu: Menu, id: RowId, key: RowKey): void {
    this.#isAsRead = false;
    if (this.rowsOf(key.key).some((row) => isAt(row, menu, id) && row.key.kind === key.kind)) return;
    for (const [subscriber, rows] of this.#rows) {
      const row = rows.find((one) => isAt(one, menu, id));
      if (row === undefined) continue;
      this.#take(menu, id, subscriber);
      this.#put({ ...row, key });
      return;
    }
    this.doubt(key.key);
  }

  /** A row that was nobody's of ours is this subscriber's from now on: one that WispHub wrote, or a person. */
  taken(menu: Menu, id: RowId, key: RowKey): void {
    this.#isAsRead = false;
    const address = this.#unmarkedOf(menu).get(id);
    if (address === undefined) this.doubt(key.key);
    else if (!this.rowsOf(key.key).some((row) => isAt(row, menu, id))) this.#put({ menu, id, key, address });
  }

  #unmarkedOf(menu: Menu): ReadonlyMap<RowId, string> {
    const known = this.#unmarked.get(menu);
    if (known !== undefined || this.#observed === null) return known ?? new Map();
    const rows = rowsOf(this.#observed, menu).filter((row) => ownerOf(row) === null);
    const found = new Map(
      rows.map((row) => [row.get('.id') ?? '', row.get('address') ?? row.get('src-address') ?? '']),
    );
    this.#unmarked.set(menu, found);
    return found;
  }

  #note(menu: Menu, row: Row): void {
    const key = ownerOf(row);
    const id = row.get('.id');
    if (key === null || id === undefined) return;
    this.#take(menu, id, key.key);
    this.#put({ menu, id, key, address: row.get('address') ?? row.get('src-address') ?? '' });
  }

  #put(row: ImageRow): void {
    this.#rows.set(row.key.key, [...this.rowsOf(row.key.key), row]);
  }

  #take(menu: Menu, id: RowId, subscriber: string): void {
    const rows = this.#rows.get(subscriber);
    if (rows?.some((row) => isAt(row, menu, id)) !== true) return;
    const left = rows.filter((row) => !isAt(row, menu, id));
    if (left.length === 0) this.#rows.delete(subscriber);
    else this.#rows.set(subscriber, left);
  }
}

function isAt(row: ImageRow, menu: Menu, id: RowId): boolean {
  return row.id === id && row.menu === menu;
}
