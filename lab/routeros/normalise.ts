import { parseRange, printRange } from './address.ts';
import { parseDuration, printDuration } from './duration.ts';
import { Trap } from './trap.ts';

/** What a value is checked against: the words the version offers, and the names that exist on this router. */
export interface ValueContext {
  readonly menu: string;
  readonly wordsOf: (argument: string) => readonly string[] | undefined;
  readonly hasInterface: (name: string) => boolean;
  readonly hasInterfaceList: (name: string) => boolean;
  readonly hasCertificate: (name: string) => boolean;
  readonly hasDhcpOption: (name: string) => boolean;
  readonly hasDhcpOptionSet: (name: string) => boolean;
}

const BOOLEANS = new Set(
  (
    'disabled dynamic log passthrough enabled anonymous cache-on-disk always-from-cache serialize-connections published ' +
    'match-subdomain allow-remote-requests force fragment hw-offload randomise-ports same-not-by-dst dont-require-permissions block-access'
  ).split(' '),
);
const ADDRESSES = new Set(['src-address', 'dst-address', 'to-addresses', 'to-address']);
const PORTS = new Set(['src-port', 'dst-port', 'port', 'to-ports', 'local-port', 'parent-proxy-port']);
const DURATIONS = new Set([
  'timeout',
  'address-list-timeout',
  'lease-time',
  'ttl',
  'max-fresh-time',
  'activation-timeout',
]);
/** Arguments where the data's words are examples and any name of the user's is taken too. */
const OPEN = new Set([
  'chain',
  'jump-target',
  'connection-mark',
  'packet-mark',
  'routing-mark',
  'list',
  'ttl',
  'ipsec-policy',
]);
/** Arguments whose value is a comma list of words. */
const WORD_LISTS = new Set([
  'connection-state',
  'connection-nat-state',
  'tcp-flags',
  'policy',
  'include',
  'exclude',
  'ipv4-options',
  'headers',
]);

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '47': 'gre',
  '58': 'icmpv6',
};

/** A value as the router will print it, or a trap with its text. `!` before a matcher's value stays where it was. */
export function normaliseValue(argument: string, value: string, context: ValueContext): string {
  if (BOOLEANS.has(argument)) return boolean(argument, value);
  if (argument === 'address' && context.menu.endsWith('/address-list')) return listAddress(value, context.menu);
  const isRule = context.menu.includes('/firewall/') || context.menu === '/ip/proxy/access';
  if (isRule && value.startsWith('!') && value.length > 1) {
    return `!${normaliseValue(argument, value.slice(1), context)}`;
  }
  if (ADDRESSES.has(argument) && isRule) return address(argument, value, context.menu.startsWith('/ipv6/') ? 6 : 4);
  if (PORTS.has(argument)) return ports(argument, value);
  if (DURATIONS.has(argument) && context.wordsOf(argument)?.includes(value) !== true) return duration(argument, value);
  if (argument === 'protocol') return word(argument, PROTOCOL_NUMBERS[value] ?? value, context);
  if (argument === 'in-interface' || argument === 'out-interface')
    return reference(argument, value, context.hasInterface);
  if (argument === 'in-interface-list' || argument === 'out-interface-list') {
    return reference(argument, value, context.hasInterfaceList);
  }
  if (argument === 'certificate' && value !== 'none') return reference(argument, value, context.hasCertificate);
  if (context.menu.startsWith('/ip/dhcp-server')) {
    if (argument === 'options' || argument === 'dhcp-option') return names(argument, value, context.hasDhcpOption);
    if (argument === 'dhcp-option-set') return optionSet(argument, value, context);
    if (argument === 'code' || argument === 'value') return dhcpOption(argument, value);
  }
  if (argument === 'log-prefix' && value.length > 31) throw new Trap('value of log-prefix is too long (max 31)', 1);
  if (WORD_LISTS.has(argument)) {
    for (const one of value.split(',')) word(argument, one.replace(/^!/, ''), context);
    return value;
  }
  return OPEN.has(argument) ? value : word(argument, value, context);
}

function word(argument: string, value: string, context: ValueContext): string {
  const words = context.wordsOf(argument);
  if (words === undefined || words.includes(value)) return value;
  if (argument === 'protocol' && /^\d{1,3}$/.test(value) && Number(value) < 256) return value;
  // These carry numbers beside their words.
  if (/^[\d:,./-]+[a-zA-Z]*$/.test(value) && argument !== 'action') return value;
  throw new Trap(`input does not match any value of ${argument}`, 1);
}

function boolean(argument: string, value: string): string {
  if (value === 'yes' || value === 'true') return 'true';
  if (value === 'no' || value === 'false') return 'false';
  throw new Trap(`input does not match any value of ${argument}`, 1);
}

function reference(argument: string, value: string, has: (name: string) => boolean): string {
  if (has(value)) return value;
  throw new Trap(`input does not match any value of ${argument}`, 1);
}

/** A comma list of rows by their names; an empty one is none. */
function names(argument: string, value: string, has: (name: string) => boolean): string {
  for (const name of value.split(',').filter((one) => one !== '')) reference(argument, name, has);
  return value;
}

/** `none` and nothing are the same (public scripts write both); nothing is what is printed (inferred). */
function optionSet(argument: string, value: string, { hasDhcpOptionSet }: ValueContext): string {
  return value === '' || value === 'none' ? '' : reference(argument, value, hasDhcpOptionSet);
}

/** One part of an option's value: `'text'`, `s'text'`, `0x…` or `$(VARIABLE)`; parts may follow one another (manual, "DHCP"). */
const OPTION_VALUE = /^(?:s?'[^']*'|0x(?:[0-9A-Fa-f]{2})+|\$\([A-Z0-9_]+\))+$/;

/** Refusals: that they come is documented by the grammar and the range of codes, their texts are inferred. */
function dhcpOption(argument: 'code' | 'value', value: string): string {
  if (argument === 'value') {
    if (OPTION_VALUE.test(value)) return value;
    throw new Trap('failure: Unknown data type!');
  }
  const code = /^\d+$/.test(value) ? Number(value) : 0;
  if (code >= 1 && code <= 254) return String(code);
  throw new Trap('value of code out of range (1..254)', 1);
}

/** RouterOS keeps a text that is no address as a DNS name, without an error (manual, "Address-lists"). */
function listAddress(value: string, menu: string): string {
  const range = parseRange(value);
  const family = menu.startsWith('/ipv6/') ? 6 : 4;
  if (range?.family === family) return printRange(range);
  if (value === '') throw new Trap('invalid value for argument address', 1);
  return value;
}

function address(argument: string, value: string, family: 4 | 6): string {
  if (value === '') return value;
  const range = parseRange(value);
  if (range?.family !== family) throw new Trap(`invalid value for argument ${argument}`, 1);
  return printRange(range);
}

/** Port lists and ranges; the proxy takes spaces too and prints commas. Order stays as given (inferred). */
function ports(argument: string, value: string): string {
  if (value === '') return value;
  const parts = value.split(/[\s,]+/).filter((part) => part !== '');
  for (const part of parts) {
    const bounds = /^(\d{1,5})(?:-(\d{1,5}))?$/
      .exec(part)
      ?.slice(1)
      .map((port) => Number(port || 0));
    if (bounds === undefined || bounds.some((port) => port > 65535)) {
      throw new Trap(`invalid value for argument ${argument}`, 1);
    }
  }
  return parts.join(',');
}

function duration(argument: string, value: string): string {
  const ms = parseDuration(value);
  if (ms === null) throw new Trap(`invalid value for argument ${argument}`, 1);
  return printDuration(ms);
}
