import type { RouterVersion } from './dialect.ts';
import { createState, type RouterState } from './state.ts';
import type { Attributes } from './table.ts';

/**
 * What becomes of `redirect-to` of a RouterOS 6 proxy row in RouterOS 7, which has `action-data` instead. Nobody has
 * written it down, so both are possible: the row is carried over as `redirect`, or the target is lost and `deny` is left.
 */
export type ProxyTargetLot = 'kept' | 'lost';

/** Gives the router another version: rows stay with their ids and order, new menus and properties get their defaults. */
export function upgradeState(state: RouterState, version: RouterVersion, lot: ProxyTargetLot): void {
  const fresh = createState(version, state.clock, 'fresh');
  for (const [menu, table] of fresh.tables) if (!state.tables.has(menu)) state.tables.set(menu, table);
  for (const menu of ['/ip/service', '/ip/proxy']) {
    const table = state.tables.get(menu);
    for (const row of table?.rows() ?? []) {
      const defaults = fresh.tables.get(menu)?.rows().find(isNamed(row.attributes['name']))?.attributes;
      table?.replace(row.id, { attributes: { ...defaults, ...row.attributes } });
    }
  }
  const isSeventh = fresh.dialect.major === 7 && state.dialect.major === 6;
  const access = state.tables.get('/ip/proxy/access');
  if (isSeventh)
    for (const row of access?.rows() ?? []) access?.replace(row.id, { attributes: carried(row.attributes, lot) });
  state.dialect = fresh.dialect;
  state.menus.clear();
  for (const [menu, commands] of fresh.menus) state.menus.set(menu, commands);
}

function isNamed(name: string | undefined): (row: { readonly attributes: Attributes }) => boolean {
  return ({ attributes }) => attributes['name'] === name;
}

function carried({ 'redirect-to': target, ...rest }: Attributes, lot: ProxyTargetLot): Attributes {
  if (target === undefined || target === '' || lot === 'lost') return rest;
  return { ...rest, action: 'redirect', 'action-data': target };
}

/** Menus a reset spares here: how the router is reached, and what it is. */
const SPARED = new Set(['/user', '/user/group', '/ip/service', '/interface', '/ip/address', '/ipv6/address']);

/** Everything that was configured is gone; settings of one row are back at their defaults. */
export function clearConfiguration(state: RouterState): void {
  const fresh = createState(state.dialect.version, state.clock, 'lab');
  for (const [menu, table] of state.tables) {
    if (SPARED.has(menu)) continue;
    const defaults = fresh.tables.get(menu)?.rows() ?? [];
    const rows = [...table.rows()];
    if (defaults.length === 0) for (const row of rows) table.remove(row.id);
    else for (const [at, row] of rows.entries()) table.replace(row.id, { attributes: defaults[at]?.attributes ?? {} });
  }
}
