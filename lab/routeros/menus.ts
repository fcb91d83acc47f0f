import type { Attributes } from './table.ts';

/** What the lab knows of a menu beyond the data file's argument names. */
export interface MenuShape {
  /** One row without id (`/ip/proxy`). */
  readonly isSingle: boolean;
  /** First match wins: has `move`, `place-before`. */
  readonly isOrdered: boolean;
  /** What no two rows may share, or null. */
  readonly keyOf: (attributes: Attributes) => string | null;
  /** Arguments without which `add` is refused. */
  readonly required: readonly string[];
  /** Properties every row shows though nobody set them. */
  readonly defaults: Attributes;
  /** Row flags that `print` shows. */
  readonly flags: readonly ('dynamic' | 'invalid' | 'disabled')[];
  /** Counters that `print` shows. */
  readonly counters: readonly ('bytes' | 'packets' | 'hits')[];
}

const PLAIN: MenuShape = {
  isSingle: false,
  isOrdered: false,
  keyOf: () => null,
  required: [],
  defaults: {},
  flags: ['dynamic', 'disabled'],
  counters: [],
};

const RULES: MenuShape = {
  ...PLAIN,
  isOrdered: true,
  required: ['chain'],
  defaults: { action: 'accept', log: 'false', 'log-prefix': '' },
  flags: ['invalid', 'dynamic', 'disabled'],
  counters: ['bytes', 'packets'],
};

const ADDRESS_LIST: MenuShape = {
  ...PLAIN,
  keyOf: (row) => `${row['list'] ?? ''}\0${row['address'] ?? ''}`,
  required: ['address', 'list'],
};

const NAMED: MenuShape = { ...PLAIN, keyOf: (row) => row['name'] ?? '', required: ['name'], flags: ['dynamic'] };
const SINGLE: MenuShape = { ...PLAIN, isSingle: true, flags: [] };

const SHAPES: ReadonlyMap<string, MenuShape> = new Map([
  ['/ip/proxy', SINGLE],
  ['/system/identity', SINGLE],
  ['/system/resource', SINGLE],
  ['/system/device-mode', SINGLE],
  ['/system/clock', SINGLE],
  ['/system/ntp/client', SINGLE],
  ['/ip/dns', SINGLE],
  ['/user/active', { ...PLAIN, flags: [] }],
  ['/ip/route', { ...PLAIN, defaults: { distance: '1', active: 'true' } }],
  [
    '/ip/proxy/access',
    { ...PLAIN, isOrdered: true, defaults: { action: 'allow' }, flags: ['disabled'], counters: ['hits'] },
  ],
  ['/ip/firewall/address-list', ADDRESS_LIST],
  ['/ipv6/firewall/address-list', ADDRESS_LIST],
  ['/ip/firewall/nat', RULES],
  ['/ip/firewall/filter', RULES],
  ['/ip/firewall/mangle', RULES],
  ['/ipv6/firewall/filter', RULES],
  ['/ipv6/firewall/nat', RULES],
  ['/ip/firewall/connection', { ...PLAIN, flags: [] }],
  ['/ipv6/firewall/connection', { ...PLAIN, flags: [] }],
  ['/ip/dns/static', { ...PLAIN, isOrdered: true, defaults: { ttl: '1d' } }],
  ['/interface/list', { ...NAMED, flags: ['dynamic'] }],
  ['/interface/list/member', { ...PLAIN, keyOf: (row) => `${row['list'] ?? ''}\0${row['interface'] ?? ''}` }],
  ['/interface', { ...NAMED, flags: ['dynamic', 'disabled'] }],
  ['/ip/dhcp-server', { ...NAMED, flags: ['dynamic', 'invalid', 'disabled'] }],
  ['/ip/dhcp-server/option', { ...NAMED, required: ['name', 'code'] }],
  ['/ip/dhcp-server/option/sets', NAMED],
  [
    '/ip/dhcp-server/network',
    { ...PLAIN, keyOf: (row) => row['address'] ?? '', required: ['address'], flags: ['dynamic'] },
  ],
  ['/ip/service', { ...NAMED, flags: ['dynamic', 'invalid', 'disabled'] }],
  ['/certificate', { ...NAMED, flags: [] }],
  ['/user', { ...NAMED, required: ['name', 'group'], flags: ['disabled'] }],
  ['/user/group', { ...NAMED, flags: [] }],
  ['/system/script', { ...NAMED, flags: ['invalid'] }],
  ['/ppp/active', { ...PLAIN, flags: [] }],
]);

/** The shape of a menu; menus without one of their own are plain lists. */
export function shapeOf(menu: string): MenuShape {
  return SHAPES.get(menu) ?? PLAIN;
}

/** The defaults that depend on the row: what an action shows when its own arguments were left out. */
export function defaultsOf(menu: string, attributes: Attributes): Attributes {
  const { defaults } = shapeOf(menu);
  const action = attributes['action'] ?? defaults['action'];
  if (action === 'reject') return { ...defaults, 'reject-with': rejectDefault(menu) };
  const isListing = action === 'add-src-to-address-list' || action === 'add-dst-to-address-list';
  return isListing ? { ...defaults, 'address-list-timeout': 'none-dynamic' } : defaults;
}

function rejectDefault(menu: string): string {
  return menu.startsWith('/ipv6/') ? 'icmp-no-route' : 'icmp-network-unreachable';
}
