import { tableOf, type RouterState } from './state.ts';
import type { StoredRow } from './table.ts';

/** Which arguments name rows of a menu by their `name`. */
const NAMED_BY: Readonly<Record<string, readonly (readonly [menu: string, argument: string])[]>> = {
  '/ip/dhcp-server/option': [
    ['/ip/dhcp-server/option/sets', 'options'],
    ['/ip/dhcp-server/network', 'dhcp-option'],
    ['/ip/dhcp-server/lease', 'dhcp-option'],
  ],
  '/ip/dhcp-server/option/sets': [
    ['/ip/dhcp-server', 'dhcp-option-set'],
    ['/ip/dhcp-server/network', 'dhcp-option-set'],
    ['/ip/dhcp-server/lease', 'dhcp-option-set'],
  ],
};

/**
 * RouterOS removes a row that others name, and those print its id from then on: exports in public have
 * `/ip dhcp-server network add … dhcp-option-set=*1`. Call it once the row is gone.
 */
export function leaveDangling(state: RouterState, menu: string, { id, attributes }: StoredRow): void {
  const { name } = attributes;
  for (const [holder, argument] of NAMED_BY[menu] ?? []) {
    const table = tableOf(state, holder);
    for (const row of table.rows()) {
      const named = row.attributes[argument]?.split(',') ?? [];
      if (name === undefined || !named.includes(name)) continue;
      const left = named.map((one) => (one === name ? id : one)).join(',');
      table.replace(row.id, { attributes: { ...row.attributes, [argument]: left } });
    }
  }
}
