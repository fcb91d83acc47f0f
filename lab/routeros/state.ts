import type { LabClock } from '../clock.ts';
import { dialectOf, type Dialect, type RouterVersion } from './dialect.ts';
import { shapeOf } from './menus.ts';
import { Table } from './table.ts';

/** `/system/device-mode`: what a reseller's box may do until someone presses its button. */
export interface DeviceMode {
  mode: string;
  isProxyAllowed: boolean;
  isFlagged: boolean;
}

/** Everything the router remembers. Tables hold rows; the rest is what no row holds. */
export interface RouterState {
  dialect: Dialect;
  /** The dialect's menus that this router has; a package that is off takes its own away. */
  readonly menus: Map<string, ReadonlyMap<string, ReadonlySet<string> | null>>;
  readonly clock: LabClock;
  readonly tables: Map<string, Table>;
  readonly passwords: Map<string, string>;
  /** Wall time of each user's last login, `/user last-logged-in`. */
  readonly lastLogins: Map<string, number>;
  readonly deviceMode: DeviceMode;
  readonly resource: {
    boardName: string;
    architectureName: string;
    cpuCount: number;
    cpuLoad: number;
    freeHddSpace: number;
  };
  /** Percent of one core that serving the API takes. */
  apiLoad: () => number;
  bootedAt: number;
  /** SHA-256 of the one certificate that api-ssl can show, once a row of `/certificate` is signed; null without api-ssl. */
  fingerprint: string | null;
  /** How far the router's clock is off, ms. */
  clockOffMs: number;
  /** Puts `http://` before a `redirect-to`, as RouterOS 6 may do (unverified). */
  addsHttp: boolean;
  /** Who is logged in over the API now, `/user/active`. */
  active: () => readonly { readonly user: string; readonly from: string; readonly via: string; readonly at: number }[];
}

/** A router out of the box: every menu of the version, the proxy's defaults (manual, "Proxy"), its groups and services. */
export function createState(version: RouterVersion, clock: LabClock, identity: string): RouterState {
  const dialect = dialectOf(version);
  const tables = new Map<string, Table>();
  // The data plane asks for IPv6 NAT even where the version has no such menu.
  for (const menu of [...dialect.menus.keys(), '/ipv6/firewall/nat'])
    tables.set(menu, new Table(menu, shapeOf(menu).keyOf));
  tables.get('/system/identity')?.insert({ attributes: { name: identity } });
  tables.get('/ip/proxy')?.insert({ attributes: PROXY_DEFAULTS });
  tables.get('/ip/dns')?.insert({
    attributes: {
      servers: '198.51.100.53',
      'dynamic-servers': '',
      'allow-remote-requests': 'false',
      ...extraTime(version),
    },
  });
  const ntp =
    dialect.major === 7 ? { servers: '198.51.100.123', status: 'synchronized' } : { 'primary-ntp': '198.51.100.123' };
  tables.get('/system/ntp/client')?.insert({ attributes: { enabled: 'true', ...ntp } });
  for (const [name, port] of SERVICES) {
    const isTls = name === 'api-ssl' || name === 'www-ssl';
    const attributes = {
      name,
      port,
      address: '',
      ...(isTls ? { certificate: 'none' } : {}),
      ...(dialect.major === 7 ? { vrf: 'main' } : {}),
    };
    const limit =
      dialect.menus.get('/ip/service')?.get('set')?.has('max-sessions') === true ? { 'max-sessions': '20' } : {};
    tables.get('/ip/service')?.insert({ attributes: { ...attributes, ...limit } });
  }
  for (const [name, allowed] of GROUPS) {
    const policy = policyText(dialect, allowed);
    tables.get('/user/group')?.insert({ attributes: { name, policy, skin: 'default' } });
  }
  return {
    dialect,
    menus: new Map(dialect.menus),
    clock,
    tables,
    passwords: new Map(),
    lastLogins: new Map(),
    deviceMode: { mode: 'advanced', isProxyAllowed: true, isFlagged: false },
    resource: { boardName: 'CHR', architectureName: 'x86_64', cpuCount: 2, cpuLoad: 3, freeHddSpace: 90_000_000 },
    apiLoad: () => 0,
    bootedAt: clock.now() - 3_600_000,
    fingerprint: null,
    clockOffMs: 0,
    addsHttp: false,
    active: () => [],
  };
}

/** `/ip/dns address-list-extra-time`: since 7.15 (community.routeros). */
function extraTime(version: RouterVersion): { readonly 'address-list-extra-time'?: string } {
  return version === '6.49' ? {} : { 'address-list-extra-time': '0s' };
}

/** The table of a menu that every version has, or a reason why not. */
export function tableOf(state: RouterState, menu: string): Table {
  const table = state.tables.get(menu);
  if (table === undefined) throw new RangeError(`RouterOS ${state.dialect.version} has no menu ${menu}`);
  return table;
}

/** `/user/group policy` words (schema 7.22.3). */
const POLICIES =
  'local telnet ssh ftp reboot read write policy test winbox password web sniff sensitive api romon rest-api'.split(
    ' ',
  );

/** `/user/group policy` as the router prints it: every word it knows, the denied ones with `!`. */
export function policyText({ major }: Dialect, allowed: readonly string[]): string {
  const known = POLICIES.filter((word) => major === 7 || word !== 'rest-api');
  return known.map((word) => (allowed.includes(word) ? word : `!${word}`)).join(',');
}

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['read', 'local telnet ssh reboot read test winbox password web sniff sensitive api romon rest-api'.split(' ')],
  [
    'write',
    'local telnet ssh reboot read write test winbox password web sniff sensitive api romon rest-api'.split(' '),
  ],
  ['full', POLICIES],
];

const SERVICES: readonly (readonly [string, string])[] = [
  ['telnet', '23'],
  ['ftp', '21'],
  ['www', '80'],
  ['ssh', '22'],
  ['www-ssl', '443'],
  ['api', '8728'],
  ['winbox', '8291'],
  ['api-ssl', '8729'],
];

const PROXY_DEFAULTS = {
  enabled: 'false',
  'src-address': '::',
  port: '8080',
  anonymous: 'false',
  'parent-proxy': '::',
  'parent-proxy-port': '0',
  'cache-administrator': 'webmaster',
  'max-cache-size': 'unlimited',
  'max-cache-object-size': '2048',
  'cache-on-disk': 'false',
  'max-client-connections': '600',
  'max-server-connections': '600',
  'max-fresh-time': '3d',
  'serialize-connections': 'false',
  'always-from-cache': 'false',
  'cache-hit-dscp': '4',
  'cache-path': 'web-proxy',
} as const;
