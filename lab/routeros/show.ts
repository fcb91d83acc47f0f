import { printDuration, printMoment } from './duration.ts';
import { defaultsOf, shapeOf } from './menus.ts';
import type { RouterState } from './state.ts';
import type { Attributes, StoredRow, Table } from './table.ts';

const MENUS_WITH_CREATION_TIME = new Set(['/ip/firewall/address-list', '/ipv6/firewall/address-list']);

/** What RouterOS 7 says of configuration that device-mode bars (manual, "Device-mode"); `.about` as name is inferred. */
const INACTIVATED = 'inactivated, not allowed by device-mode';

/** A row as `print` gives it: what was set, what the action implies, flags, counters. */
export function showRow(state: RouterState, table: Table, row: StoredRow): Attributes {
  const { menu } = table;
  const shape = shapeOf(menu);
  const shown: Record<string, string> = shape.isSingle ? {} : { '.id': row.id };
  Object.assign(shown, defaultsOf(menu, row.attributes), row.attributes);
  if (MENUS_WITH_CREATION_TIME.has(menu)) {
    shown['creation-time'] = printMoment(row.createdAtWall, state.dialect.major);
    if (row.expiresAt !== null) shown['timeout'] = printDuration(row.expiresAt - state.clock.now());
  }
  for (const flag of shape.flags) {
    if (flag === 'dynamic') shown['dynamic'] = String(row.isDynamic);
    else shown[flag] ??= 'false';
  }
  if (shape.counters.length > 0) {
    const counters = table.counters.get(row.id);
    for (const name of shape.counters) shown[name] = String(counters?.[name] ?? 0);
  }
  const login = menu === '/user' ? state.lastLogins.get(row.attributes['name'] ?? '') : undefined;
  if (login !== undefined) shown['last-logged-in'] = printMoment(login, state.dialect.major);
  if (isBarred(state, menu, shown)) Object.assign(shown, { inactive: 'true', '.about': INACTIVATED });
  return shown;
}

function isBarred(state: RouterState, menu: string, shown: Attributes): boolean {
  if (state.deviceMode.isProxyAllowed || state.dialect.major === 6) return false;
  return menu === '/ip/proxy/access' || (menu === '/ip/proxy' && shown['enabled'] === 'true');
}

/** The rows of a menu as `print` gives them; the menus without stored rows are made up here. */
export function showMenu(state: RouterState, table: Table): readonly Attributes[] {
  if (table.menu === '/system/resource') return [showResource(state)];
  if (table.menu === '/system/device-mode') return [showDeviceMode(state)];
  if (table.menu === '/system/clock') return [showClock(state)];
  if (table.menu === '/user/active') return showActive(state);
  const rows = table.rows().map((row) => showRow(state, table, row));
  return table.menu === '/ip/service' ? [...rows, ...showConnections(state, rows)] : rows;
}

/** Since 7.19 every open connection of a service is a dynamic row of its name beside it (changelog "service"). */
function showConnections({ active, dialect }: RouterState, services: readonly Attributes[]): readonly Attributes[] {
  if (dialect.version !== '7.24') return [];
  return active().map(({ from, via }, index) => ({
    '.id': `*${(0xf000 + index).toString(16).toUpperCase()}`,
    name: via,
    port: services.find(({ name }) => name === via)?.['port'] ?? '',
    proto: 'tcp',
    remote: from,
    connection: 'true',
    dynamic: 'true',
    invalid: 'false',
    disabled: 'false',
  }));
}

/** `/system/clock`: local time and its offset; the lab's routers keep UTC. */
function showClock({ clock, clockOffMs, dialect }: RouterState): Attributes {
  const [date = '', time = ''] = printMoment(clock.wall() + clockOffMs, dialect.major).split(' ');
  return { time, date, 'time-zone-autodetect': 'false', 'time-zone-name': 'UTC', 'gmt-offset': '+00:00' };
}

/** `/user/active`: sessions that logged in, by whom and from where. */
function showActive({ active, dialect }: RouterState): readonly Attributes[] {
  return active().map(({ user, from, via, at }, index) => ({
    '.id': `*${(index + 1).toString(16).toUpperCase()}`,
    when: printMoment(at, dialect.major),
    name: user,
    address: from,
    via,
  }));
}

/** The load is the average of all cores, of which the API has one. */
function showResource({ dialect, clock, bootedAt, resource, apiLoad }: RouterState): Attributes {
  return {
    uptime: printDuration(Math.floor((clock.now() - bootedAt) / 1000) * 1000),
    version: dialect.printed,
    'build-time': dialect.major === 6 ? 'Jan/02/2025 10:00:00' : '2025-01-02 10:00:00',
    'free-memory': '900000000',
    'total-memory': '1073741824',
    cpu: 'QEMU',
    'cpu-count': String(resource.cpuCount),
    'cpu-load': String(Math.min(100, resource.cpuLoad + Math.round(apiLoad() / resource.cpuCount))),
    'free-hdd-space': String(resource.freeHddSpace),
    'total-hdd-space': '134217728',
    'architecture-name': resource.architectureName,
    'board-name': resource.boardName,
    platform: 'MikroTik',
  };
}

const FEATURES =
  'scheduler socks fetch pptp l2tp bandwidth-test traffic-gen sniffer ipsec romon proxy hotspot smb email zerotier container'.split(
    ' ',
  );

function showDeviceMode({ dialect, deviceMode }: RouterState): Attributes {
  const shown: Record<string, string> = { mode: deviceMode.mode };
  for (const feature of FEATURES) {
    const isAllowed = feature === 'proxy' ? deviceMode.isProxyAllowed : feature !== 'container';
    shown[feature] = String(isAllowed);
  }
  shown['flagged'] = String(deviceMode.isFlagged);
  shown['flagging-enabled'] = 'true';
  shown['attempt-count'] = '0';
  // Since 7.17.
  if (dialect.version === '7.24') {
    Object.assign(shown, { 'install-any-version': 'false', partitions: 'false', routerboard: 'false' });
  }
  return shown;
}
