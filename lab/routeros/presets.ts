import { labTable, type BackdoorAdd } from './backdoor.ts';
import type { RouterState } from './state.ts';
import type { Attributes } from './table.ts';
import { addWisphub } from './wisphub.ts';

/**
 * `empty`: interfaces and addresses only. `home`: the default configuration of a home router (manual, "First time").
 * `wisphub`: a home router that WispHub set up, with what has drifted on it since.
 */
export type Preset = 'empty' | 'home' | 'wisphub';

export interface Network {
  /** The router's address towards subscribers, with prefix. */
  readonly lan: readonly string[];
  /** The router's address towards the internet, with prefix. */
  readonly wan: readonly string[];
  /** Where its default route leads; none if left out. */
  readonly gateway?: string;
}

export const DEFAULT_NETWORK: Network = {
  lan: ['100.64.0.1/10', '2001:db8:64::1/48'],
  wan: ['203.0.113.2/30', '2001:db8:ffff::2/64'],
  gateway: '203.0.113.1',
};

/** Interfaces `ether1` (WAN) and `bridge` (subscribers), addresses, and what the preset brings. */
export function applyPreset(state: RouterState, preset: Preset, network: Network): void {
  const add = (menu: string, attributes: Attributes, options?: BackdoorAdd): string =>
    labTable(state, menu).add(attributes, options);
  for (const name of ['ether1', 'ether2', 'bridge'])
    add('/interface', { name, type: name === 'bridge' ? name : 'ether' });
  for (const [texts, name] of [
    [network.lan, 'bridge'],
    [network.wan, 'ether1'],
  ] as const) {
    for (const address of texts) {
      const menu = address.includes(':') ? '/ipv6/address' : '/ip/address';
      add(menu, { address, interface: name }, { force: true });
    }
  }
  if (network.gateway !== undefined) addDefaultRoute(state, network.gateway);
  addPreset(state, preset);
}

/** What the preset brings, on a router that has its interfaces and addresses. */
export function addPreset(state: RouterState, preset: Preset): void {
  const add: Add = (menu, attributes, options) => labTable(state, menu).add(attributes, options);
  if (preset === 'empty') return;
  addHome(state, add);
  if (preset === 'home') return;
  addWisphub(add, state.dialect.major, (attributes) => {
    const table = state.tables.get('/ip/proxy');
    for (const row of table?.rows() ?? []) table?.replace(row.id, { attributes: { ...row.attributes, ...attributes } });
  });
}

/** As `/ip/route print` shows it: RouterOS 6 says `gateway-status`, 7 `immediate-gw` (manual, "IP Routing"). */
function addDefaultRoute(state: RouterState, gateway: string): void {
  const reached =
    state.dialect.major === 6
      ? { 'gateway-status': `${gateway} reachable via  ether1`, scope: '30', 'target-scope': '10' }
      : { 'immediate-gw': `${gateway}%ether1`, 'routing-table': 'main', scope: '30', 'target-scope': '10' };
  const attributes = { 'dst-address': '0.0.0.0/0', gateway, distance: '1', active: 'true', static: 'true', ...reached };
  state.tables.get('/ip/route')?.insert({ attributes });
}

type Add = (menu: string, attributes: Attributes, options?: BackdoorAdd) => string;

function addHome(state: RouterState, add: Add): void {
  for (const [name, member] of [
    ['WAN', 'ether1'],
    ['LAN', 'bridge'],
  ] as const) {
    add('/interface/list', { name, comment: 'defconf' });
    add('/interface/list/member', { list: name, interface: member, comment: 'defconf' });
  }
  const dummy = { chain: 'forward', action: 'passthrough', comment: 'special dummy rule to show fasttrack counters' };
  add('/ip/firewall/filter', dummy, { builtin: true });
  add('/ip/firewall/mangle', { ...dummy, chain: 'prerouting' }, { builtin: true });
  for (const rule of FILTER) add('/ip/firewall/filter', rule);
  add('/ip/firewall/nat', {
    chain: 'srcnat',
    'out-interface-list': 'WAN',
    'ipsec-policy': 'out,none',
    action: 'masquerade',
    comment: 'defconf: masquerade',
  });
  // IPv6 FastTrack: since 7.18 (changelog "ipv6 - added FastTrack support").
  const hasFastTrack6 = state.dialect.version === '7.24';
  for (const rule of FILTER6)
    if (hasFastTrack6 || !isFastTrack(rule)) add('/ipv6/firewall/filter', rule, { force: true });
}

function isFastTrack(rule: Attributes): boolean {
  return rule['action'] === 'fasttrack-connection';
}

function rule(chain: string, action: string, text: string, matchers: Attributes): Attributes {
  return { chain, action, comment: `defconf: ${text}`, ...matchers };
}

const RETURNING = { 'connection-state': 'established,related' };
const KNOWN = { 'connection-state': 'established,related,untracked' };
const INVALID = { 'connection-state': 'invalid' };

const FILTER: readonly Attributes[] = [
  rule('input', 'accept', 'accept established,related,untracked', KNOWN),
  rule('input', 'drop', 'drop invalid', INVALID),
  rule('input', 'accept', 'accept ICMP', { protocol: 'icmp' }),
  rule('input', 'drop', 'drop all not coming from LAN', { 'in-interface-list': '!LAN' }),
  rule('forward', 'fasttrack-connection', 'fasttrack', RETURNING),
  rule('forward', 'accept', 'accept established,related, untracked', KNOWN),
  rule('forward', 'drop', 'drop invalid', INVALID),
  rule('forward', 'drop', 'drop all from WAN not DSTNATed', {
    'connection-state': 'new',
    'connection-nat-state': '!dstnat',
    'in-interface-list': 'WAN',
  }),
];

const FILTER6: readonly Attributes[] = [
  rule('input', 'accept', 'accept established,related,untracked', KNOWN),
  rule('input', 'drop', 'drop invalid', INVALID),
  rule('input', 'accept', 'accept ICMPv6', { protocol: 'icmpv6' }),
  rule('input', 'drop', 'drop everything else not coming from LAN', { 'in-interface-list': '!LAN' }),
  rule('forward', 'fasttrack-connection', 'fasttrack6', RETURNING),
  rule('forward', 'accept', 'accept established,related,untracked', KNOWN),
  rule('forward', 'drop', 'drop invalid', INVALID),
  rule('forward', 'accept', 'accept ICMPv6', { protocol: 'icmpv6' }),
  rule('forward', 'drop', 'drop everything else not coming from LAN', { 'in-interface-list': '!LAN' }),
];
