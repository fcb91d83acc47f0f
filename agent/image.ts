import { ownComment, ownerOf, type RowKey } from './core/ownership.ts';
import { rowsOf, type ObservedRouter } from './core/observed.ts';
import type { Menu, Row, RowId } from './core/row.ts';

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
  readonly #rows = new Map<string, Map<string, ImageRow>>();
  #observed: ObservedRouter | null = null;

  /** The last full read of this session, or null before the first. */
  get observed(): ObservedRouter | null {
    return this.#observed;
  }

  replace(observed: ObservedRouter): void {
    this.#observed = observed;
    this.#rows.clear();
    for (const menu of ['/ip/firewall/address-list', '/ipv6/firewall/address-list', '/ip/proxy/access'] as const) {
      for (const row of rowsOf(observed, menu)) this.#note(menu, row);
    }
  }

  forget(): void {
    this.#observed = null;
    this.#rows.clear();
  }

  rowsOf(subscriber: string): readonly ImageRow[] {
    return [...(this.#rows.get(subscriber)?.values() ?? [])];
  }

  /** Rows in the tables a restore has to look at, as far as known: what a filtered print would cost. */
  get tableRows(): number {
    let count = 0;
    for (const menu of ['/ip/firewall/address-list', '/ip/proxy/access'] as const) {
      count += this.#observed === null ? 0 : rowsOf(this.#observed, menu).length;
    }
    for (const rows of this.#rows.values()) count += rows.size;
    return count;
  }

  added(menu: Menu, id: RowId, values: Readonly<Record<string, string>>, key: RowKey): void {
    this.#note(menu, new Map([...Object.entries(values), ['.id', id], ['comment', ownComment(key)]]));
  }

  removed(menu: Menu, id: RowId, subscriber: string): void {
    this.#rows.get(subscriber)?.delete(`${menu} ${id}`);
  }

  #note(menu: Menu, row: Row): void {
    const key = ownerOf(row);
    const id = row.get('.id');
    if (key === null || id === undefined) return;
    const rows = this.#rows.get(key.key) ?? new Map<string, ImageRow>();
    rows.set(`${menu} ${id}`, { menu, id, key, address: row.get('address') ?? row.get('src-address') ?? '' });
    this.#rows.set(key.key, rows);
  }
}
