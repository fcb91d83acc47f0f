import { parseAddress } from '../schemas/address.ts';
import { AppError } from '../schemas/app-error.ts';
import { PHONE_OPTION_CODES } from '../schemas/config/agent.ts';
import { propertyList } from './core/menus.ts';
import { parseDuration } from './core/canonical.ts';
import type { RouterReading } from './core/observed.ts';
import { phoneOptionName, PHONE_OPTIONS_SET } from './core/ownership.ts';
import { PHONE_DHCP_MENUS } from './core/phone-dhcp.ts';
import { PORTAL_SPELLINGS } from './core/portal-spelling.ts';
import { isTrue, type Menu, type Row } from './core/row.ts';
import { SESSION_MENUS, SESSION_PROPERTIES } from './core/sessions/usage.ts';
import type { Dialect, RouterSettings } from './core/settings.ts';
import type { Clock, RouterSession } from './ports.ts';

/** How much longer than a command the first read of a table may take, whose size nobody knows yet. */
const FIRST_READ_FACTOR = 6;

/** Time allowed for one row of a printed table on top of the command deadline: big tables are slow (field facts §2 #10). */
const MS_PER_ROW = 2;

/** Menus without which there is nothing to do; the others may be absent and are reported. */
const REQUIRED: readonly Menu[] = [
  '/ip/proxy',
  '/ip/proxy/access',
  '/ip/firewall/address-list',
  '/ip/firewall/nat',
  '/ip/firewall/filter',
];

export interface ObserveOptions {
  readonly settings: RouterSettings;
  readonly commandTimeoutMs: number;
  /** Rows seen last time in this session, for deadlines that grow with the tables; null for the first read. */
  readonly expectedRows: number | null;
  readonly dialect: Dialect | null;
  /** Some subscriber is known by a PPP name or a MAC: only then sessions and leases are read. */
  readonly readsSessions: boolean;
  /** Names that rows of the router's own DNS are to follow; none where that is not wanted. */
  readonly forwards: readonly string[];
  /** The last read of this session had rows of ours there, or there was none. */
  readonly hadForwards: boolean;
  /** What was learnt before in this session of whether its DNS fills lists. */
  readonly hasDnsLists: boolean | null;
  /** Phones are to be told something by its DHCP server. */
  readonly wantsPhoneDhcp: boolean;
  /** The last read of this session had options of ours there, or there was none. */
  readonly hadPhoneDhcp: boolean;
  /** Default routes read before in this session; a router with full tables takes long to find them, and they hardly change. */
  readonly routes: readonly Row[] | null;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
}

/**
 * Reads the whole truth a decision needs: each table once, with a property list, big ones filtered to our lists. The
 * first read of a session is not filtered: rows of ours may stand in lists that the config has called otherwise since.
 * Rejects with `router-*` errors; a missing optional menu is noted instead.
 */
export async function observe(session: RouterSession, options: ObserveOptions): Promise<RouterReading> {
  const missing = new Set<Menu>();
  const tables = new Map<Menu, readonly Row[]>();
  const { expectedRows } = options;
  const timeoutMs =
    expectedRows === null
      ? options.commandTimeoutMs * FIRST_READ_FACTOR
      : options.commandTimeoutMs + expectedRows * MS_PER_ROW;
  const read = async (
    menu: Menu,
    attributes: Record<string, string>,
    queries?: readonly string[],
  ): Promise<readonly Row[]> => {
    try {
      const command = { path: `${menu}/print`, attributes, ...(queries === undefined ? {} : { queries }) };
      const { rows } = await session.run(command, { timeoutMs, signal: options.signal });
      tables.set(menu, rows);
      return rows;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'router-no-such-command' || REQUIRED.includes(menu))
        throw error;
      missing.add(menu);
      return [];
    }
  };
  const table = (menu: Menu, queries?: readonly string[]): Promise<readonly Row[]> =>
    read(menu, { '.proplist': propertyList(menu) }, queries);
  const readResource = async (): Promise<{ readonly resource: Row | undefined; readonly readAt: number }> => {
    const [resource] = await read('/system/resource', {
      '.proplist': 'version,uptime,cpu-load,free-hdd-space,board-name',
    });
    return { resource, readAt: options.clock.monotonic() };
  };
  if (options.routes !== null) tables.set('/ip/route', options.routes);
  const lists = expectedRows === null ? undefined : listQuery(options.settings);
  const readsForwards = options.forwards.length > 0 || options.hadForwards;
  const [{ resource, readAt }, deviceMode, addresses, addressesV6] = await Promise.all([
    readResource(),
    read('/system/device-mode', {}),
    read('/ip/address', { '.proplist': 'address,disabled' }),
    read('/ipv6/address', { '.proplist': 'address,disabled' }),
    read('/ip/proxy', { '.proplist': 'enabled,port,max-cache-size,cache-on-disk' }),
    table('/ip/firewall/nat'),
    table('/ip/firewall/filter'),
    table('/ipv6/firewall/filter'),
    table('/ip/firewall/address-list', lists),
    table('/ipv6/firewall/address-list', lists),
    table('/ip/proxy/access'),
    ...(readsForwards ? [table('/ip/dns/static', anyOf('name', options.forwards, ['type=FWD']))] : []),
    readPhoneDhcp(options, table),
    ...(options.routes === null ? [read('/ip/route', { '.proplist': 'gateway' }, ['dst-address=0.0.0.0/0'])] : []),
    ...(options.readsSessions ? SESSION_MENUS : []).map((menu) =>
      read(menu, { '.proplist': SESSION_PROPERTIES[menu] }),
    ),
  ]);
  if (options.forwards.length === 0) missing.delete('/ip/dns/static');
  if (!options.wantsPhoneDhcp) for (const menu of PHONE_DHCP_MENUS) missing.delete(menu);
  // Without it there is one refusal less: no finding.
  if (missing.delete('/ip/route')) tables.set('/ip/route', []);
  // It never reads the same twice, and no decision looks at it.
  tables.delete('/system/resource');
  const version = resource?.get('version') ?? '';
  const seconds = parseDuration(resource?.get('uptime') ?? '');
  const mode = deviceMode[0];
  const hasDnsLists =
    options.forwards.length === 0 ? null : (options.hasDnsLists ?? (await detectDnsLists(session, version, options)));
  return {
    tables,
    missing,
    version,
    dialect: options.dialect ?? (await detectDialect(session, version, options)),
    deviceMode:
      mode === undefined ? null : { proxy: isTrue(mode.get('proxy') ?? 'yes'), flagged: isTrue(mode.get('flagged')) },
    hasDnsLists,
    uptime: seconds === null ? null : { seconds, readAt },
    cpuLoad: percentOf(resource?.get('cpu-load')),
    ownAddresses: [...addresses, ...addressesV6]
      .filter((row) => !isTrue(row.get('disabled')))
      .map((row) => parseAddress((row.get('address') ?? '').replace(/\/\d+$/, '')))
      .filter((address) => address !== null),
  };
}

/**
 * A network names a set of ours, and that options of ours: a router that is to have none is asked for these by name, once a
 * session, and for the rest where one is left.
 */
async function readPhoneDhcp(
  { wantsPhoneDhcp, hadPhoneDhcp }: Pick<ObserveOptions, 'wantsPhoneDhcp' | 'hadPhoneDhcp'>,
  table: (menu: Menu, queries?: readonly string[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  if (!wantsPhoneDhcp && !hadPhoneDhcp) return [];
  const names = PHONE_OPTION_CODES.map(phoneOptionName);
  const own = (): Promise<readonly Row[]> => table('/ip/dhcp-server/option', anyOf('name', names));
  const others = (): readonly Promise<readonly Row[]>[] => [
    table('/ip/dhcp-server/option/sets'),
    table('/ip/dhcp-server/network'),
  ];
  if (wantsPhoneDhcp) return (await Promise.all([own(), ...others()])).flat();
  const left = (await Promise.all([own(), table('/ip/dhcp-server/option/sets', [`name=${PHONE_OPTIONS_SET}`])])).flat();
  return left.length === 0 ? left : (await Promise.all(others())).flat();
}

/** `12`, or `12%` as some versions print it; null for what is neither. */
export function percentOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+%?$/.test(text) ? Number.parseInt(text, 10) : null;
}

/** Query words for the rows of our lists and of the portal's in either spelling: `?list=a ?list=b ?#|` … */
function listQuery(settings: RouterSettings): readonly string[] {
  const { cutoff, notice, portal, always, once } = settings.lists;
  return anyOf('list', [cutoff, notice, portal, always, once, ...PORTAL_SPELLINGS]);
}

function anyOf(property: string, values: readonly string[], more: readonly string[] = []): readonly string[] {
  const words = new Set([...values.map((value) => `${property}=${value}`), ...more]);
  return [...words].flatMap((word, at) => (at === 0 ? [word] : [word, '#|']));
}

/**
 * Asks the router itself which argument its proxy rows take (`/console/inspect`, RouterOS 7); where it cannot be asked
 * the major version decides, and a refused write (`unknown parameter`) corrects that.
 */
export async function detectDialect(session: RouterSession, version: string, options: AskOptions): Promise<Dialect> {
  const byVersion: Dialect = version.startsWith('6.') ? 'redirect-to' : 'action-data';
  if (byVersion === 'redirect-to') return byVersion;
  const names = await argumentsOf(session, 'ip,proxy,access,add', options);
  if (names === null || names.has('action-data')) return 'action-data';
  return names.has('redirect-to') ? 'redirect-to' : byVersion;
}

/**
 * Whether a row of `/ip/dns/static` takes `address-list`: since RouterOS 7.5 (community.routeros, fact sheet §7). Asked of
 * the router where it can be.
 */
async function detectDnsLists(session: RouterSession, version: string, options: AskOptions): Promise<boolean> {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major < 7) return false;
  const names = await argumentsOf(session, 'ip,dns,static,add', options);
  return names === null ? major > 7 || minor >= 5 : names.has('address-list');
}

type AskOptions = Pick<ObserveOptions, 'commandTimeoutMs' | 'signal'>;

/** The arguments of a command, as RouterOS 7 tells them; null where our user may not ask. */
async function argumentsOf(
  session: RouterSession,
  path: string,
  { commandTimeoutMs: timeoutMs, signal }: AskOptions,
): Promise<ReadonlySet<string> | null> {
  try {
    const { rows } = await session.run(
      { path: '/console/inspect', attributes: { request: 'child', path, '.proplist': 'name' } },
      { timeoutMs, signal },
    );
    return new Set(rows.map((row) => row.get('name') ?? ''));
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('router-') && session.isOpen) return null;
    throw error;
  }
}
