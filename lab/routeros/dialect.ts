import { readFileSync } from 'node:fs';

/** The versions the lab's router speaks. 6.49 is inferred: no dump of RouterOS 6 exists. */
export type RouterVersion = '6.49' | '7.16' | '7.24';

/** What one version knows: menus, their commands, and the arguments of each. `null` arguments = any (not in the data). */
export interface Dialect {
  readonly version: RouterVersion;
  readonly major: 6 | 7;
  /** `/system/resource version`, as the router prints it. */
  readonly printed: string;
  /** `!empty` before `!done` where a command has no rows to give: since 7.18. */
  readonly hasEmpty: boolean;
  readonly menus: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string> | null>>;
  /** Words offered for an argument, by menu and argument. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

type MutableMenus = Map<string, Map<string, Set<string> | null>>;
type Json = Readonly<Record<string, unknown>>;

const LIST_COMMANDS = ['add', 'comment', 'disable', 'enable', 'find', 'get', 'print', 'remove', 'set'];

/** Dialects read before: they never change, and the dumps are large. */
const KNOWN = new Map<RouterVersion, Dialect>();

/** The dialect of a version, read once. */
export function dialectOf(version: RouterVersion): Dialect {
  const known = KNOWN.get(version);
  if (known !== undefined) return known;
  const dialect = readDialect(version);
  KNOWN.set(version, dialect);
  return dialect;
}

/**
 * The dialect of a version, from tikoci/restraml's dumps (`data/routeros-arguments.json`): 7.24 as dumped; 7.16 is 7.9.2
 * with every change up to 7.16; 6.49 is inferred: 7.9.2 with `redirect-to` for `action-data` in `/ip/proxy/access`, its
 * actions allow and deny only, no device-mode, no IPv6 NAT, no `address-list` in `/ip/dns/static`, no `force` of a DHCP
 * option.
 */
function readDialect(version: RouterVersion): Dialect {
  const data = object(JSON.parse(readFileSync(new URL('./data/routeros-arguments.json', import.meta.url), 'utf8')));
  const versions = object(data['versions']);
  const menus = readMenus(object(versions[version === '7.24' ? '7.24' : '7.9.2']));
  const values = readValues(object(data['values']));
  if (version === '7.16') for (const change of list(data['changes'])) applyChange(menus, object(change), [7, 16]);
  if (version === '6.49') makeOld(menus, values);
  addInferredMenus(menus);
  const printed = { '6.49': '6.49.18 (long-term)', '7.16': '7.16 (stable)', '7.24': '7.24 (stable)' }[version];
  return { version, major: version === '6.49' ? 6 : 7, printed, hasEmpty: version === '7.24', menus, values };
}

function readMenus(source: Json): MutableMenus {
  const menus: MutableMenus = new Map();
  for (const [menu, spec] of Object.entries(source)) {
    if (spec === null) continue;
    const { commands, arguments: args } = object(spec);
    const known = new Map<string, Set<string> | null>();
    for (const command of list(commands)) {
      const names = object(args)[text(command)];
      known.set(text(command), names === undefined ? null : new Set(list(names).map(text)));
    }
    menus.set(`/${menu}`, known);
  }
  return menus;
}

function readValues(source: Json): Map<string, Map<string, readonly string[]>> {
  return new Map(
    Object.entries(source).map(([menu, args]) => [
      `/${menu}`,
      new Map(Object.entries(object(args)).map(([arg, words]) => [arg, list(words).map(text)])),
    ]),
  );
}

function applyChange(menus: MutableMenus, change: Json, upTo: readonly number[]): void {
  const [, minor = 0, patch = 0] = text(change['to']).split('.').map(Number);
  const [, lastMinor = 0] = upTo;
  const isLater = minor > lastMinor || (minor === lastMinor && patch > 0);
  if (isLater) return;
  for (const menu of list(change['menus']).map(text)) {
    const commands = menus.get(`/${menu}`);
    if (commands === undefined) continue;
    for (const command of list(change['commands']).map(text)) {
      if (change['what'] === 'command removed') commands.delete(command);
      else if (change['what'] === 'command added') commands.set(command, new Set(list(change['added']).map(text)));
      for (const name of list(change['added']).map(text)) commands.get(command)?.add(name);
      for (const name of list(change['removed']).map(text)) commands.get(command)?.delete(name);
    }
  }
}

function makeOld(menus: MutableMenus, values: Map<string, Map<string, readonly string[]>>): void {
  menus.delete('/system/device-mode');
  menus.delete('/ipv6/firewall/nat');
  for (const command of ['add', 'set']) {
    const names = menus.get('/ip/proxy/access')?.get(command);
    names?.delete('action-data');
    names?.add('redirect-to');
    // Since 7.5 (community.routeros).
    menus.get('/ip/dns/static')?.get(command)?.delete('address-list');
    // Since 7.1rc5 (manual, "DHCP").
    menus.get('/ip/dhcp-server/option')?.get(command)?.delete('force');
  }
  values.get('/ip/proxy/access')?.set('action', ['allow', 'deny']);
  const policies = values.get('/user/group');
  policies?.set('policy', policies.get('policy')?.filter((word) => word !== 'rest-api') ?? []);
}

/** Menus the dumps at hand leave out; their arguments are inferred from their neighbours and the manual. */
function addInferredMenus(menus: MutableMenus): void {
  const connection = menus.get('/ip/firewall/connection');
  if (connection !== undefined) menus.set('/ipv6/firewall/connection', connection);
  const print = menus.get('/ip/arp')?.get('print') ?? null;
  const lists = ['/ip/address', '/ipv6/address', '/ip/route', '/interface', '/ppp/secret', '/ip/dhcp-server'];
  for (const menu of lists) {
    menus.set(menu, new Map(LIST_COMMANDS.map((name) => [name, name === 'print' ? print : null])));
  }
  const read = ['print', 'get'];
  const settings = [...read, 'set'];
  menus.set('/ip/route', new Map(LIST_COMMANDS.map((name) => [name, name === 'print' ? print : null])));
  menus.set('/certificate', new Map([...LIST_COMMANDS, 'sign'].map((name) => [name, name === 'print' ? print : null])));
  menus.set('/user/active', new Map(read.map((name) => [name, name === 'print' ? print : null])));
  for (const menu of ['/system/clock', '/system/ntp/client', '/ip/dns'])
    menus.set(menu, new Map(settings.map((name) => [name, name === 'print' ? print : null])));
  for (const [, commands] of menus) {
    // `listen` exists where `print` does (manual, "API").
    if (commands.has('print')) commands.set('listen', commands.get('print') ?? null);
    // The console's menu-wide `print` takes these everywhere; single-value menus' dumps show them as `get` only.
    commands.get('print')?.add('proplist').add('count-only');
  }
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}
