import { parseDuration } from './duration.ts';
import { normaliseValue } from './normalise.ts';
import { leaveDangling } from './references.ts';
import { showMenu, showRow } from './show.ts';
import { valueContextOf } from './commands/value-context.ts';
import { tableOf, type RouterState } from './state.ts';
import type { Attributes, StoredRow, Table } from './table.ts';

export interface BackdoorAdd {
  /** Flag D. */
  readonly dynamic?: boolean;
  /** Flag of the router's own rows: cannot be changed, and nothing goes above it. */
  readonly builtin?: boolean;
  /** Takes values as they are, duplicates and nonsense too. */
  readonly force?: boolean;
  /** Id of the row to stand before. */
  readonly before?: string;
}

/** A menu without the wire: what a person at the router would do. Nothing here is counted in the statistics. */
export interface LabTable {
  /** All rows in order, as an unfiltered `print` gives them. Values are bytes read as latin-1. */
  rows(): readonly Attributes[];
  /** The first row that has all these properties. */
  find(properties: Attributes): Attributes | undefined;
  add(attributes: Attributes, options?: BackdoorAdd): string;
  set(id: string, attributes: Attributes): void;
  unset(id: string, ...names: readonly string[]): void;
  remove(...ids: readonly string[]): void;
  move(id: string, before?: string): void;
}

/** Text as the bytes a UTF-8 client would have sent, read as latin-1. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The test API of one menu. */
export function labTable(state: RouterState, menu: string): LabTable {
  const table = tableOf(state, menu);
  const known = (id: string): StoredRow => {
    const row = table.get(id);
    if (row === undefined) throw new RangeError(`${menu} has no row ${id}`);
    return row;
  };
  return {
    rows: () => showMenu(state, table),
    find(properties) {
      return showMenu(state, table).find((row) =>
        Object.entries(properties).every(([key, value]) => row[key] === value),
      );
    },
    add: (attributes, options = {}) => insert(state, table, attributes, options),
    set(id, attributes) {
      table.replace(id, { attributes: { ...known(id).attributes, ...readAttributes(state, menu, attributes, false) } });
    },
    unset(id, ...names) {
      const kept = Object.entries(known(id).attributes).filter(([name]) => !names.includes(name));
      table.replace(id, { attributes: Object.fromEntries(kept) });
    },
    remove(...ids) {
      for (const row of ids.map(known)) {
        table.remove(row.id);
        leaveDangling(state, menu, row);
      }
    },
    move(id, before) {
      table.move([known(id).id], before === undefined ? undefined : known(before).id);
    },
  };
}

function insert(state: RouterState, table: Table, given: Attributes, options: BackdoorAdd): string {
  const { timeout, ...rest } = given;
  const isList = table.menu.endsWith('/address-list');
  const attributes = readAttributes(state, table.menu, isList ? rest : given, options.force ?? false);
  if (options.force !== true && table.holders(attributes).length > 0) {
    throw new RangeError(`${table.menu}: already have such entry`);
  }
  const expiresAt = isList && timeout !== undefined ? state.clock.now() + (parseDuration(timeout) ?? 0) : null;
  const isDynamic = options.dynamic === true || options.builtin === true || expiresAt !== null;
  const createdAtWall = state.clock.wall();
  const row = { attributes, isDynamic, isBuiltin: options.builtin ?? false, createdAtWall, expiresAt };
  return table.insert(row, options.before).id;
}

function readAttributes(state: RouterState, menu: string, given: Attributes, isForced: boolean): Attributes {
  const context = valueContextOf(state, menu);
  const entries = Object.entries(given).map(([name, value]) => {
    if (/[^\0-\xff]/.test(value)) throw new RangeError(`${name} is not bytes: use utf8Bytes()`);
    return [name, isForced ? value : normaliseValue(name, value, context)] as const;
  });
  return Object.fromEntries(entries);
}

/** Every stored row of every menu but the connection tables, ids and order included, counters not: for equality. */
export function snapshot(state: RouterState): Readonly<Record<string, readonly Attributes[]>> {
  const volatile = ['bytes', 'packets', 'hits', 'timeout', 'last-logged-in'];
  const menus = [...state.tables.values()].filter(({ menu }) => !menu.endsWith('/firewall/connection'));
  return Object.fromEntries(
    menus.map((table) => {
      const rows = table.rows().map((row) => {
        const shown = Object.entries(showRow(state, table, row)).filter(([name]) => !volatile.includes(name));
        return Object.fromEntries(shown);
      });
      return [table.menu, rows];
    }),
  );
}
