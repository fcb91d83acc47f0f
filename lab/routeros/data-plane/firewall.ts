import { isWithin, parseIp, parseRange, printIp, type IpRange } from '../address.ts';
import { parseDuration } from '../duration.ts';
import { tableOf, type RouterState } from '../state.ts';
import type { StoredRow, Table } from '../table.ts';
import { Chains, type SideEffects, type Walk } from './chains.ts';
import { TokenBuckets } from './limits.ts';
import { AddressLists } from './lists.ts';
import type { Surroundings } from './matchers.ts';
import { ipOf, withDestination, type Ip, type Packet } from './packet.ts';

/** Where a packet of a new connection ends up. `isLocal`: at the router itself. */
export type Admission = {
  readonly trail: readonly string[];
  readonly packet: Packet;
  readonly isLocal: boolean;
  readonly isFastTracked: boolean;
} & (
  | { readonly kind: 'accept'; readonly seenSource: string }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly rejectWith: string }
);

interface Family {
  readonly nat: Chains;
  readonly filter: Chains;
  readonly addresses: Table;
  readonly around: Surroundings;
  readonly effects: SideEffects;
}

/** NAT and filter of one router over its live tables, IPv4 and IPv6 (manual, "Packet Flow"; mangle and raw left out). */
export class Firewall {
  /** Packets that rules logged. */
  readonly log: { readonly rule: string; readonly prefix: string; readonly packet: Packet }[] = [];
  readonly #state: RouterState;
  readonly #v4: Family;
  readonly #v6: Family;

  constructor(state: RouterState) {
    this.#state = state;
    const buckets = new TokenBuckets(state.clock);
    this.#v4 = this.#family('/ip', buckets);
    this.#v6 = this.#family('/ipv6', buckets);
  }

  /** Matchers and actions in use that the lab does not know; rules with such a matcher never match. */
  get unsupported(): readonly string[] {
    const chains = [this.#v4.nat, this.#v4.filter, this.#v6.nat, this.#v6.filter];
    return chains.flatMap((one) => [...one.unsupported]);
  }

  /** The way of a connection's first packet. With `isLooking` nothing is counted, listed, logged or used up. */
  admit(first: Packet, isLooking: boolean): Admission {
    const family = this.#of(first);
    const effects = isLooking ? null : family.effects;
    const nat = family.nat.walk('dstnat', first, family.around, effects);
    const packet = this.#route(this.#translate(first, nat));
    const isLocal = this.isLocal(packet.destinationIp);
    const filter = family.filter.walk(isLocal ? 'input' : 'forward', packet, family.around, effects);
    const trail = [...nat.trail, ...filter.trail];
    const { verdict, isFastTracked } = filter;
    if (verdict.kind === 'drop') return { kind: 'drop', trail, packet, isLocal, isFastTracked };
    if (verdict.kind === 'reject') {
      return { kind: 'reject', rejectWith: verdict.rejectWith, trail, packet, isLocal, isFastTracked };
    }
    if (isLocal) return { kind: 'accept', seenSource: packet.source, trail, packet, isLocal, isFastTracked };
    const source = family.nat.walk('srcnat', packet, family.around, effects);
    const seenSource = this.#sourceAfter(packet, source);
    trail.push(...source.trail);
    return { kind: 'accept', seenSource, trail, packet, isLocal, isFastTracked };
  }

  /** A later packet of a known connection through the filter; `packet` is after destination NAT. */
  pass(packet: Packet, isLooking = false): Walk {
    const family = this.#of(packet);
    const chain = this.isLocal(packet.destinationIp) ? 'input' : this.isLocal(packet.sourceIp) ? 'output' : 'forward';
    return family.filter.walk(chain, packet, family.around, isLooking ? null : family.effects);
  }

  isLocal(ip: Ip): boolean {
    const { addresses } = ip.family === 4 ? this.#v4 : this.#v6;
    return addresses
      .rows()
      .some(({ attributes }) => parseIp((attributes['address'] ?? '').split('/')[0] ?? '')?.value === ip.value);
  }

  /** The interface towards an address: the one whose subnet holds it, else the WAN's. */
  interfaceTo(ip: Ip): string {
    const { addresses } = ip.family === 4 ? this.#v4 : this.#v6;
    const row = addresses.rows().find(({ attributes }) => isInside(parseRange(attributes['address'] ?? ''), ip));
    return row?.attributes['interface'] ?? WAN_INTERFACE;
  }

  /** The router's own address on an interface. */
  addressOn(name: string, family: 4 | 6): string | null {
    const { addresses } = family === 4 ? this.#v4 : this.#v6;
    const row = addresses.rows().find(({ attributes }) => attributes['interface'] === name);
    return row?.attributes['address']?.split('/')[0] ?? null;
  }

  #of(packet: Packet): Family {
    return packet.sourceIp.family === 4 ? this.#v4 : this.#v6;
  }

  #translate(packet: Packet, { verdict }: Walk): Packet {
    if (verdict.kind !== 'redirect' && verdict.kind !== 'dst-nat') return packet;
    const { attributes } = verdict.row;
    const port = Number((attributes['to-ports'] ?? '').split('-')[0] || packet.destinationPort);
    if (verdict.kind === 'redirect') {
      const own = this.addressOn(packet.inInterface ?? '', packet.sourceIp.family);
      return own === null ? packet : withDestination(packet, own, port);
    }
    const target = parseRange(
      (attributes['to-addresses'] ?? attributes['to-address'] ?? '').replace(/^$/, packet.destination),
    );
    return target === null ? packet : withDestination(packet, printIp(target.family, target.first), port);
  }

  #route(packet: Packet): Packet {
    return this.isLocal(packet.destinationIp)
      ? packet
      : { ...packet, outInterface: this.interfaceTo(packet.destinationIp) };
  }

  #sourceAfter(packet: Packet, { verdict }: Walk): string {
    if (verdict.kind !== 'source-nat') return packet.source;
    const given = verdict.row.attributes['to-addresses'] ?? verdict.row.attributes['to-address'] ?? '';
    const range = parseRange(given);
    if (range !== null) return printIp(range.family, range.first);
    return this.addressOn(packet.outInterface ?? '', packet.sourceIp.family) ?? packet.source;
  }

  #family(root: '/ip' | '/ipv6', buckets: TokenBuckets): Family {
    const state = this.#state;
    const lists = new AddressLists(tableOf(state, `${root}/firewall/address-list`));
    const around: Surroundings = {
      isListed: (list, ip) => lists.has(list, ip),
      isMember: (list, name) =>
        list === 'all' || tableOf(state, '/interface/list/member').holders({ list, interface: name }).length > 0,
      isLocal: (ip) => this.isLocal(ip),
      buckets,
    };
    const effects: SideEffects = {
      list: (row, address) => {
        this.#addToList(`${root}/firewall/address-list`, row, address);
      },
      log: (row, packet) => this.log.push({ rule: row.id, prefix: row.attributes['log-prefix'] ?? '', packet }),
    };
    return {
      nat: new Chains(tableOf(state, `${root}/firewall/nat`)),
      filter: new Chains(tableOf(state, `${root}/firewall/filter`)),
      addresses: tableOf(state, `${root}/address`),
      around,
      effects,
    };
  }

  /** `add-src-to-address-list`: dynamic unless `none-static`; a row already there lives anew. */
  #addToList(menu: string, rule: StoredRow, source: string): void {
    const table = tableOf(this.#state, menu);
    const { clock } = this.#state;
    const address = menu.startsWith('/ipv6') ? `${source}/128` : source;
    const attributes = { list: rule.attributes['address-list'] ?? '', address };
    const timeout = rule.attributes['address-list-timeout'] ?? 'none-dynamic';
    const ms = parseDuration(timeout);
    const expiresAt = ms === null ? null : clock.now() + ms;
    const [held] = table.holders(attributes);
    if (held === undefined) {
      table.insert({ attributes, isDynamic: timeout !== 'none-static', expiresAt, createdAtWall: clock.wall() });
    } else if (expiresAt !== null && table.get(held)?.expiresAt !== null) table.replace(held, { expiresAt });
  }
}

const WAN_INTERFACE = 'ether1';

function isInside(range: IpRange | null, ip: Ip): boolean {
  return range !== null && isWithin(range, ip);
}

/** A packet as a subscriber or a stranger sends it. */
export function firstPacket(given: {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly inInterface: string;
}): Packet {
  return {
    ...given,
    sourceIp: ipOf(given.source),
    destinationIp: ipOf(given.destination),
    outInterface: null,
    state: 'new',
    isDstNat: false,
    isSrcNat: false,
    bytes: 60,
  };
}
