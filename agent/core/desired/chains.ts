import { CHAINS, placeOf, type RouterSettings } from '../settings.ts';
import type { Menu } from '../row.ts';
import type { DesiredChain, DesiredRow } from './rows.ts';

/** Per source address, never shared: one noisy subscriber must not take the others' DNS. */
const DNS_LIMIT = '50/1s,100,src-address/1m';
const REJECT_LIMIT = '20/1s,40,src-address/1m';

type Rule = readonly [name: string, values: Readonly<Record<string, string>>];

/** Our chains and their jumps, in the order in which they may be built without ever opening or closing too much. */
export interface DesiredRules {
  readonly chains: readonly DesiredChain[];
  /** Each is to stand above every rule that could decide before it. */
  readonly jumps: readonly DesiredRow[];
}

/** Only the web proxy's clients reach its port: never an open proxy (RouterOS listens on every address). */
export function inputRules(settings: RouterSettings): DesiredRules {
  const { cutoff, notice } = settings.lists;
  const dstnat = { 'connection-nat-state': 'dstnat' };
  return rules(
    '/ip/firewall/filter',
    CHAINS.input,
    [
      ['input-cutoff', { 'src-address-list': cutoff, ...dstnat, action: 'accept' }],
      ['input-notice', { 'src-address-list': notice, ...dstnat, action: 'accept' }],
      ['input-drop', { action: 'drop' }],
    ],
    ['input', { chain: 'input', protocol: 'tcp', 'dst-port': String(settings.port) }],
  );
}

/** RouterOS 7's proxy listens on IPv6 too; no notice is given there, so the port is simply shut. */
export function inputDropV6(settings: RouterSettings): DesiredRow {
  return {
    menu: '/ipv6/firewall/filter',
    key: { kind: 'jump', key: 'input-v6' },
    values: { chain: 'input', protocol: 'tcp', 'dst-port': String(settings.port), action: 'drop' },
    subscriber: null,
  };
}

/** Port 80 of a cut or noticed subscriber goes to the notice page, the portal and the always-reachable excepted. */
export function dstnatRules(settings: RouterSettings): DesiredRules {
  const { cutoff, notice, portal, always, once, seen } = settings.lists;
  const page = { protocol: 'tcp', ...toPage(settings) };
  return rules(
    '/ip/firewall/nat',
    CHAINS.dstnat,
    [
      ['dstnat-portal', { 'dst-address-list': portal, action: 'return' }],
      ['dstnat-always', { 'dst-address-list': always, action: 'return' }],
      ['dstnat-cutoff', { 'src-address-list': cutoff, ...page }],
      ['dstnat-seen', { 'src-address-list': seen, action: 'return' }],
      [
        'dstnat-once',
        {
          'src-address-list': once,
          action: 'add-src-to-address-list',
          'address-list': seen,
          'address-list-timeout': `${settings.seenMinutes * 60}s`,
        },
      ],
      ['dstnat-notice', { 'src-address-list': notice, ...page }],
    ],
    ['dstnat', { chain: 'dstnat', protocol: 'tcp', 'dst-port': '80' }],
  );
}

function toPage({ backend, port }: RouterSettings): Readonly<Record<string, string>> {
  switch (backend.kind) {
    case 'web-proxy':
      return { action: 'redirect', 'to-ports': String(port) };
    case 'notice-server':
      return { action: 'dst-nat', 'to-addresses': backend.address, 'to-ports': String(backend.port) };
  }
}

/** What every rule that lets a cut subscriber through to a notice server of ours is called. */
export const LISTENER_RULE = 'forward-listener-';

/**
 * The way of a cut subscriber to our listener, and to it only as far as the router itself leads him there. Its key names
 * the place, so that another place has a rule before the old one loses its own.
 */
function listenerRules({ backend }: RouterSettings): readonly Rule[] {
  if (backend.kind === 'web-proxy') return [];
  const { address, port } = backend;
  const place = { protocol: 'tcp', 'dst-address': address, 'dst-port': String(port) };
  return [[`${LISTENER_RULE}${placeOf(backend)}`, { ...place, 'connection-nat-state': 'dstnat', action: 'accept' }]];
}

/**
 * What a cut subscriber may still do: the notice server's page, portal, always-reachable, DNS. All else is rejected fast, so that devices show
 * their captive-portal prompt; what a limit lets fall through is dropped, never returned to the router's own accepts.
 */
export function forwardRules(
  settings: RouterSettings,
  menu: '/ip/firewall/filter' | '/ipv6/firewall/filter',
): DesiredRules {
  const { cutoff, portal, always } = settings.lists;
  const name = menu === '/ip/firewall/filter' ? 'forward' : 'forward-v6';
  return rules(
    menu,
    CHAINS.forward,
    [
      ...(menu === '/ip/firewall/filter' ? listenerRules(settings) : []),
      [`${name}-portal`, { protocol: 'tcp', 'dst-port': '80,443', 'dst-address-list': portal, action: 'accept' }],
      [`${name}-always`, { 'dst-address-list': always, action: 'accept' }],
      [`${name}-dns-udp`, { protocol: 'udp', 'dst-port': '53', 'dst-limit': DNS_LIMIT, action: 'accept' }],
      [`${name}-dns-tcp`, { protocol: 'tcp', 'dst-port': '53', 'dst-limit': DNS_LIMIT, action: 'accept' }],
      [`${name}-reset`, { protocol: 'tcp', 'dst-limit': REJECT_LIMIT, action: 'reject', 'reject-with': 'tcp-reset' }],
      [`${name}-reject`, { 'dst-limit': REJECT_LIMIT, action: 'reject', 'reject-with': 'icmp-admin-prohibited' }],
      [`${name}-drop`, { action: 'drop' }],
    ],
    [name, { chain: 'forward', 'src-address-list': cutoff }],
  );
}

function rules(menu: Menu, chain: string, rows: readonly Rule[], [jump, where]: Rule): DesiredRules {
  const own = rows.map(([key, values]): DesiredRow => ({
    menu,
    key: { kind: 'rule', key },
    values: { chain, ...values },
    subscriber: null,
  }));
  return {
    chains: [{ menu, chain, rows: own }],
    jumps: [
      {
        menu,
        key: { kind: 'jump', key: jump },
        values: { ...where, action: 'jump', 'jump-target': chain },
        subscriber: null,
      },
    ],
  };
}
