import { isWithin, parseRange } from '../address.ts';
import type { StoredRow } from '../table.ts';
import { parseRate, type TokenBuckets } from './limits.ts';
import type { Ip, Packet } from './packet.ts';

/** What matchers look at beside the packet. */
export interface Surroundings {
  readonly isListed: (list: string, ip: Ip) => boolean;
  /** True when the interface is in the interface list now. */
  readonly isMember: (list: string, name: string) => boolean;
  readonly isLocal: (ip: Ip) => boolean;
  readonly buckets: TokenBuckets;
}

type Matcher = (packet: Packet, around: Surroundings, isLooking: boolean) => boolean;

/** A rule ready to match; `unsupported` names the matchers the lab does not know: such a rule never matches. */
export interface CompiledRule {
  readonly row: StoredRow;
  readonly matches: Matcher;
  readonly unsupported: readonly string[];
}

/** Properties of a rule that are no matchers. */
const NOT_MATCHERS = new Set(
  (
    'chain action comment disabled log log-prefix jump-target reject-with to-addresses to-address to-ports address-list ' +
    'address-list-timeout hw-offload randomise-ports same-not-by-dst passthrough'
  ).split(' '),
);

/** Rate matchers come last: a token is taken only by packets that everything else of the rule fits. */
const LAST = new Set(['limit', 'dst-limit']);

export function compileRule(row: StoredRow): CompiledRule {
  const unsupported: string[] = [];
  const matchers: Matcher[] = [];
  const names = Object.keys(row.attributes).filter((name) => !NOT_MATCHERS.has(name));
  for (const name of names.sort((a, b) => Number(LAST.has(a)) - Number(LAST.has(b)))) {
    const matcher = compileMatcher(name, row.attributes[name] ?? '', row.id);
    if (matcher === null) unsupported.push(name);
    else matchers.push(matcher);
  }
  const matches: Matcher = (packet, around, isLooking) =>
    matchers.every((matcher) => matcher(packet, around, isLooking));
  return { row, unsupported, matches: unsupported.length > 0 ? () => false : matches };
}

type Compile = (value: string, rule: string) => Matcher | null;

const isPorted = (packet: Packet): boolean => packet.protocol === 'tcp' || packet.protocol === 'udp';

const MATCHERS: Readonly<Record<string, Compile>> = {
  protocol: (value) => (packet) => packet.protocol === value,
  'src-address': (value) => inRange(value, (packet) => packet.sourceIp),
  'dst-address': (value) => inRange(value, (packet) => packet.destinationIp),
  'src-address-list': (value) => (packet, around) => around.isListed(value, packet.sourceIp),
  'dst-address-list': (value) => (packet, around) => around.isListed(value, packet.destinationIp),
  'src-port': (value) => onPorts(value, (packet) => [packet.sourcePort]),
  'dst-port': (value) => onPorts(value, (packet) => [packet.destinationPort]),
  port: (value) => onPorts(value, (packet) => [packet.sourcePort, packet.destinationPort]),
  'in-interface': (value) => (packet) => packet.inInterface === value,
  'out-interface': (value) => (packet) => packet.outInterface === value,
  'in-interface-list': (value) => (packet, around) =>
    packet.inInterface !== null && around.isMember(value, packet.inInterface),
  'out-interface-list': (value) => (packet, around) =>
    packet.outInterface !== null && around.isMember(value, packet.outInterface),
  'connection-state': (value) => {
    const states = value.split(',');
    return (packet) => states.includes(packet.state);
  },
  'connection-nat-state': (value) => {
    const states = value.split(',');
    return (packet) => (packet.isDstNat && states.includes('dstnat')) || (packet.isSrcNat && states.includes('srcnat'));
  },
  'src-address-type': (value) => ofType(value, (packet) => packet.sourceIp),
  'dst-address-type': (value) => ofType(value, (packet) => packet.destinationIp),
  limit: rateMatcher,
  'dst-limit': rateMatcher,
  // Nothing in the lab is IPsec.
  'ipsec-policy': (value) => () => value.endsWith('none'),
  'connection-mark': unmarked,
  'packet-mark': unmarked,
  'routing-mark': unmarked,
};

function compileMatcher(name: string, value: string, rule: string): Matcher | null {
  const isNegated = value.startsWith('!');
  const matcher = MATCHERS[name]?.(isNegated ? value.slice(1) : value, rule) ?? null;
  if (matcher === null || !isNegated) return matcher;
  return (packet, around, isLooking) => !matcher(packet, around, isLooking);
}

function inRange(value: string, read: (packet: Packet) => Ip): Matcher | null {
  const range = parseRange(value);
  return range === null ? null : (packet) => isWithin(range, read(packet));
}

function onPorts(value: string, read: (packet: Packet) => readonly number[]): Matcher {
  const ranges = value.split(',').map((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    return { first, last };
  });
  return (packet) =>
    isPorted(packet) && read(packet).some((port) => ranges.some(({ first, last }) => first <= port && port <= last));
}

function ofType(value: string, read: (packet: Packet) => Ip): Matcher | null {
  if (value !== 'local' && value !== 'unicast') return null;
  return (packet, around) => value === 'unicast' || around.isLocal(read(packet));
}

function rateMatcher(value: string, rule: string): Matcher | null {
  const rate = parseRate(value);
  return rate === null ? null : (packet, around, isLooking) => around.buckets.take(rule, rate, packet, isLooking);
}

/** The lab marks nothing, so only `no-mark` ever fits. */
function unmarked(value: string): Matcher {
  return () => value === 'no-mark';
}
