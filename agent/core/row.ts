/**
 * One row of a RouterOS menu as the router sent it. Names and values are the raw bytes read as latin-1, one character a
 * byte, so bytes of any charset survive (RouterOS names no charset: WinBox writes the Windows code page, API clients
 * UTF-8). Rows of ours are ASCII, where both readings agree. `displayText` is for people.
 */
export type Row = ReadonlyMap<string, string>;

/** RouterOS's own row identity, `*1A`: stable while the row lives. */
export type RowId = string;

/** The menus the agent reads or writes. */
export const MENUS = [
  '/ip/proxy',
  '/ip/proxy/access',
  '/ip/firewall/address-list',
  '/ip/firewall/nat',
  '/ip/firewall/filter',
  '/ip/firewall/connection',
  '/ipv6/firewall/address-list',
  '/ipv6/firewall/filter',
  '/ipv6/firewall/connection',
  '/ip/dns/static',
  '/system/resource',
  '/system/identity',
  '/system/device-mode',
  '/ip/arp',
  '/ip/dhcp-server/lease',
  '/ip/dhcp-server/option',
  '/ip/dhcp-server/option/sets',
  '/ip/dhcp-server/network',
  '/ppp/active',
  '/ip/address',
  '/ipv6/address',
  '/ip/route',
] as const;
export type Menu = (typeof MENUS)[number];

export function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === 'yes';
}
