export type Attributes = Readonly<Record<string, string>>;

/** One row as stored. Rows are never changed in place: a `set` puts a new object in the same place. */
export interface StoredRow {
  readonly id: string;
  /** Values are bytes read as latin-1. */
  readonly attributes: Attributes;
  /** Flag D: in RAM only, gone at reboot. */
  readonly isDynamic: boolean;
  /** Made by the router itself (FastTrack's dummy rule): cannot be changed, and nothing goes above it. */
  readonly isBuiltin: boolean;
  readonly createdAtWall: number;
  readonly expiresAt: number | null;
  /** The id of the row that made this one (an address-list name's resolved address). */
  readonly parent: string | null;
}

export interface NewRow {
  readonly attributes: Attributes;
  readonly isDynamic?: boolean;
  readonly isBuiltin?: boolean;
  readonly createdAtWall?: number;
  readonly expiresAt?: number | null;
  readonly parent?: string;
}

export type TableChange =
  | { readonly kind: 'added'; readonly row: StoredRow }
  | { readonly kind: 'changed'; readonly row: StoredRow; readonly old: StoredRow }
  | { readonly kind: 'removed'; readonly row: StoredRow }
  | { readonly kind: 'moved'; readonly row: StoredRow };

export interface Counters {
  bytes: number;
  packets: number;
  hits: number;
}

/** The rows of one menu, in order, with an index by id and one by the key that must be unique (list + address, name). */
export class Table {
  readonly menu: string;
  /** Counts up with every change. */
  revision = 0;
  readonly counters = new Map<string, Counters>();
  readonly #keyOf: (attributes: Attributes) => string | null;
  readonly #rows: StoredRow[] = [];
  readonly #byId = new Map<string, StoredRow>();
  readonly #byKey = new Map<string, Set<string>>();
  readonly #listeners = new Set<(change: TableChange) => void>();
  #lastId = 0;

  constructor(menu: string, keyOf: (attributes: Attributes) => string | null) {
    this.menu = menu;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#rows.length;
  }

  rows(): readonly StoredRow[] {
    return this.#rows;
  }

  get(id: string): StoredRow | undefined {
    return this.#byId.get(id);
  }

  /** Ids of other rows that bear the same unique key. */
  holders(attributes: Attributes, except?: string): string[] {
    const key = this.#keyOf(attributes);
    return key === null ? [] : [...(this.#byKey.get(key) ?? [])].filter((id) => id !== except);
  }

  insert(row: NewRow, before?: string): StoredRow {
    this.#lastId += 1;
    const stored: StoredRow = {
      id: `*${this.#lastId.toString(16).toUpperCase()}`,
      attributes: row.attributes,
      isDynamic: row.isDynamic ?? false,
      isBuiltin: row.isBuiltin ?? false,
      createdAtWall: row.createdAtWall ?? 0,
      expiresAt: row.expiresAt ?? null,
      parent: row.parent ?? null,
    };
    if (before === undefined) this.#rows.push(stored);
    else this.#rows.splice(this.#position(before), 0, stored);
    this.#index(stored);
    this.#tell({ kind: 'added', row: stored });
    return stored;
  }

  replace(id: string, change: Partial<Pick<StoredRow, 'attributes' | 'isDynamic' | 'expiresAt'>>): void {
    const old = this.#byId.get(id);
    if (old === undefined) return;
    const row: StoredRow = { ...old, ...change };
    this.#rows[this.#position(id)] = row;
    this.#unindex(old);
    this.#index(row);
    this.#tell({ kind: 'changed', row, old });
  }

  remove(id: string): void {
    const row = this.#byId.get(id);
    if (row === undefined) return;
    this.#rows.splice(this.#position(id), 1);
    this.#unindex(row);
    this.counters.delete(id);
    this.#tell({ kind: 'removed', row });
  }

  /** Puts the rows, in the order given, before `destination`, or at the end. */
  move(ids: readonly string[], destination?: string): void {
    for (const id of ids) {
      const row = this.#byId.get(id);
      if (row === undefined || id === destination) continue;
      this.#rows.splice(this.#position(id), 1);
      if (destination === undefined) this.#rows.push(row);
      else this.#rows.splice(this.#position(destination), 0, row);
      this.#tell({ kind: 'moved', row });
    }
  }

  subscribe(listener: (change: TableChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  count(id: string, add: Partial<Counters>): void {
    let counters = this.counters.get(id);
    if (counters === undefined) this.counters.set(id, (counters = { bytes: 0, packets: 0, hits: 0 }));
    counters.bytes += add.bytes ?? 0;
    counters.packets += add.packets ?? 0;
    counters.hits += add.hits ?? 0;
  }

  /** From the end: rows worked on are mostly young, or go before the last one. */
  #position(id: string): number {
    for (let at = this.#rows.length - 1; at >= 0; at -= 1) if (this.#rows[at]?.id === id) return at;
    return -1;
  }

  #index(row: StoredRow): void {
    this.#byId.set(row.id, row);
    const key = this.#keyOf(row.attributes);
    if (key === null) return;
    const ids = this.#byKey.get(key);
    if (ids === undefined) this.#byKey.set(key, new Set([row.id]));
    else ids.add(row.id);
  }

  #unindex(row: StoredRow): void {
    this.#byId.delete(row.id);
    const key = this.#keyOf(row.attributes);
    if (key === null) return;
    const ids = this.#byKey.get(key);
    ids?.delete(row.id);
    if (ids?.size === 0) this.#byKey.delete(key);
  }

  #tell(change: TableChange): void {
    this.revision += 1;
    for (const listener of this.#listeners) listener(change);
  }
}
