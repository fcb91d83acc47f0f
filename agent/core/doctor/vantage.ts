import { contains, parseAddress, type Address } from '../../../schemas/address.ts';
import { isTrue, type Row } from '../row.ts';
import { AddressIndex } from './address-index.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** A place from which somebody may try the router: who sends, by which interface, to which address of the router. */
export interface Vantage {
  readonly side: 'wan' | 'neighbour';
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
  readonly inInterface: string;
}

/** Addresses of nobody (RFC 5737, RFC 3849): whoever a rule names, these are not meant. */
const STRANGERS = { 4: ['192.0.2.77', '198.51.100.77', '203.0.113.77'], 6: ['2001:db8:ffee::77'] } as const;
/** A PPPoE router has an interface a subscriber: so many speak for all. */
const MOST_NEIGHBOURS = 16;
/** Hosts tried in a subnet until one is nobody's who is cut or noticed. */
const MOST_HOSTS = 64;

interface OwnAddress {
  readonly address: Address;
  readonly text: string;
  readonly network: Address;
  readonly remote: string;
  readonly interface: string;
}

/**
 * The WAN side as one stranger for each way out, and a neighbour who is neither cut nor noticed for each other interface, of
 * which the first sixteen are looked at.
 */
export function vantages(facts: DoctorFacts): readonly Vantage[] {
  const own = [...ownAddresses(answered(facts, 'addresses')), ...ownAddresses(answered(facts, 'addresses6'))];
  const wan = wanInterfaces(facts, own);
  const listed = new AddressIndex(listedAddresses(facts));
  const mine = new Set(own.map(({ address }) => address.text));
  const isFree = (address: Address): boolean => !mine.has(address.text) && !listed.holds(address);
  const found: Vantage[] = [];
  const seen = new Set<string>();
  let neighbours = 0;
  for (const one of own) {
    const { family } = one.address;
    const place = `${family} ${one.interface}`;
    const isWan = wan.has(one.interface);
    if (seen.has(place) || (!isWan && neighbours === MOST_NEIGHBOURS)) continue;
    const source = isWan ? strangerTo(family, own) : neighbourOf(one, isFree);
    if (source === null) continue;
    seen.add(place);
    if (!isWan) neighbours += 1;
    const side = isWan ? 'wan' : 'neighbour';
    found.push({ side, family, source, destination: one.text, inInterface: one.interface });
  }
  return [...found.filter(({ side }) => side === 'wan'), ...found.filter(({ side }) => side === 'neighbour')];
}

function ownAddresses(rows: readonly Row[]): readonly OwnAddress[] {
  return rows.flatMap((row) => {
    if (isTrue(row.get('disabled')) || isTrue(row.get('invalid'))) return [];
    const text = row.get('address') ?? '';
    const network = parseAddress(text);
    const address = parseAddress(text.replace(/\/\d+$/, ''));
    if (network === null || address === null || /^fe[89ab]/i.test(text)) return [];
    const name = row.get('actual-interface') ?? row.get('interface') ?? '';
    return [{ address, network, text: address.text, remote: row.get('network') ?? '', interface: name }];
  });
}

/** Where default routes lead: by name, by the router's own word for it, or by the subnet that holds the gateway. */
function wanInterfaces(facts: DoctorFacts, own: readonly OwnAddress[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const row of answered(facts, 'routes')) {
    if (!['0.0.0.0/0', '::/0'].includes(row.get('dst-address') ?? '') || isTrue(row.get('disabled'))) continue;
    for (const gateway of (row.get('immediate-gw') ?? row.get('gateway') ?? '').split(',')) {
      const [host = '', zone] = gateway.split('%');
      const address = parseAddress(host);
      const via = /reachable via +(\S+)/.exec(row.get('gateway-status') ?? '')?.[1];
      if (zone !== undefined) names.add(zone);
      else if (address === null) names.add(host);
      else if (via !== undefined) names.add(via);
      else for (const one of own) if (contains(one.network, address)) names.add(one.interface);
    }
  }
  names.delete('');
  return names;
}

/** Cut, noticed, or in any list that a rule names: not the neighbour that is meant. */
function listedAddresses(facts: DoctorFacts): readonly Address[] {
  const { cutoff, notice } = facts.settings.lists;
  return [...answered(facts, 'lists'), ...answered(facts, 'lists6')].flatMap((row) =>
    [cutoff, notice].includes(row.get('list') ?? '') ? (parseAddress(row.get('address') ?? '') ?? []) : [],
  );
}

function strangerTo(family: 4 | 6, own: readonly OwnAddress[]): string | null {
  return (
    STRANGERS[family].find((text) => {
      const stranger = parseAddress(text);
      return stranger !== null && !own.some(({ network }) => contains(network, stranger));
    }) ?? null
  );
}

function neighbourOf(one: OwnAddress, isFree: (address: Address) => boolean): string | null {
  const { family, length, bytes } = one.network;
  const hostBits = (family === 4 ? 32 : 128) - length;
  if (hostBits === 0) {
    const remote = parseAddress(one.remote);
    return remote !== null && isFree(remote) ? remote.text : null;
  }
  for (let host = 1; host < Math.min(MOST_HOSTS, 2 ** Math.min(hostBits, 16) - 1); host += 1) {
    const next = [...bytes];
    next[next.length - 1] = (next.at(-1) ?? 0) + host;
    const text = family === 4 ? next.join('.') : groupsOf(next);
    const candidate = parseAddress(text);
    if (candidate !== null && isFree(candidate)) return candidate.text;
  }
  return null;
}

function groupsOf(bytes: readonly number[]): string {
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += 2)
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return groups.join(':');
}
