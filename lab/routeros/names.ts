import { parseRange } from './address.ts';
import type { RouterState } from './state.ts';
import type { StoredRow, Table } from './table.ts';

/** Asks the router's resolver: addresses of one family. An empty answer or a rejection leaves the row without children. */
export type ResolveName = (name: string, family: 4 | 6) => Promise<readonly { address: string; ttlSeconds: number }[]>;

/**
 * DNS names in address lists (manual, "Address-lists"): one dynamic child row per address, its comment the name, asked
 * again when the record expires. Also ends rows whose timeout has run out.
 */
export class ListKeeper {
  readonly #state: RouterState;
  readonly #resolve: ResolveName;
  readonly #timers = new Map<string, () => void>();
  #asking = 0;
  readonly #idle: (() => void)[] = [];
  #isClosed = false;

  constructor(state: RouterState, resolve: ResolveName) {
    this.#state = state;
    this.#resolve = resolve;
    for (const [menu, family] of LISTS) {
      const table = state.tables.get(menu);
      table?.subscribe((change) => {
        if (change.kind === 'removed') this.#forget(table, change.row);
        else if (change.kind === 'added') this.#watch(table, change.row, family);
        else if (change.kind === 'changed' && isOther(change.old, change.row)) this.#watch(table, change.row, family);
      });
    }
  }

  /** Resolves when no question is under way. */
  async settled(): Promise<void> {
    if (this.#asking === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Asks for every name again, as after a reboot. */
  refresh(): void {
    for (const [menu, family] of LISTS) {
      const table = this.#state.tables.get(menu);
      for (const row of [...(table?.rows() ?? [])]) if (table !== undefined) this.#watch(table, row, family);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #watch(table: Table, row: StoredRow, family: 4 | 6): void {
    const { clock } = this.#state;
    if (row.expiresAt !== null) {
      this.#schedule(table, row, row.expiresAt, () => {
        const expiresAt = table.get(row.id)?.expiresAt ?? null;
        if (expiresAt !== null && expiresAt <= clock.now()) table.remove(row.id);
      });
    }
    const name = row.attributes['address'] ?? '';
    if (row.parent !== null || row.attributes['disabled'] === 'true' || parseRange(name) !== null) return;
    void this.#ask(table, row, name, family);
  }

  async #ask(table: Table, row: StoredRow, name: string, family: 4 | 6): Promise<void> {
    this.#asking += 1;
    const answers = await this.#resolve(name, family).catch(() => []);
    if (!this.#isClosed && table.get(row.id) !== undefined) this.#adopt(table, row, name, answers, family);
    this.#asking -= 1;
    if (this.#asking === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  #adopt(
    table: Table,
    row: StoredRow,
    name: string,
    answers: readonly { address: string; ttlSeconds: number }[],
    family: 4 | 6,
  ): void {
    const { clock } = this.#state;
    const children = table.rows().filter(({ parent }) => parent === row.id);
    const wanted = new Set(answers.map(({ address }) => (family === 6 ? `${address}/128` : address)));
    // A failed question leaves the old children until the next one.
    if (wanted.size > 0) {
      for (const child of children) if (!wanted.has(child.attributes['address'] ?? '')) table.remove(child.id);
    }
    for (const address of wanted) {
      if (children.some((child) => child.attributes['address'] === address)) continue;
      const attributes = { list: row.attributes['list'] ?? '', address, comment: name };
      table.insert({ attributes, isDynamic: true, createdAtWall: clock.wall(), parent: row.id });
    }
    const ttl = Math.min(...answers.map(({ ttlSeconds }) => ttlSeconds), 3600);
    this.#schedule(table, row, clock.now() + Math.max(1, ttl) * 1000, () => {
      const now = table.get(row.id);
      if (now !== undefined) this.#watch(table, now, family);
    });
  }

  #forget(table: Table, row: StoredRow): void {
    const cancel = this.#timers.get(table.menu + row.id);
    if (cancel === undefined) return;
    cancel();
    this.#timers.delete(table.menu + row.id);
    for (const child of table.rows().filter(({ parent }) => parent === row.id)) table.remove(child.id);
  }

  #schedule(table: Table, row: StoredRow, when: number, run: () => void): void {
    const key = table.menu + row.id;
    this.#timers.get(key)?.();
    this.#timers.set(key, this.#state.clock.at(when, run));
  }
}

function isOther(old: StoredRow, row: StoredRow): boolean {
  return old.attributes['address'] !== row.attributes['address'] || old.expiresAt !== row.expiresAt;
}

const LISTS = [
  ['/ip/firewall/address-list', 4],
  ['/ipv6/firewall/address-list', 6],
] as const;
