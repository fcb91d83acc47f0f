import { contains, parseAddress, type Address } from '../../../schemas/address.ts';
import { isTrue, type Row } from '../row.ts';
import { AddressIndex } from './address-index.ts';

/** A new connection to the router itself, before any NAT. */
export interface InputPacket {
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly destination: string;
  readonly destinationPort: number;
  readonly inInterface: string;
}

/** The tables that decide over it, each in the router's own order. */
export interface InputTables {
  readonly filter: readonly Row[];
  /** Destination NAT; empty for IPv6. */
  readonly nat: readonly Row[];
  /** Enabled rows of `/interface/list/member`. */
  readonly members: readonly Row[];
  /** Rows of the address-lists that the rules name. */
  readonly lists: ListIndex;
}

/** Address-lists read once: who evaluates many packets against long lists makes one of these for all of them. */
export class ListIndex {
  readonly #lists = new Map<
    string,
    { readonly index: AddressIndex; readonly ranges: readonly string[]; readonly hasDoubt: boolean }
  >();

  constructor(rows: readonly Row[]) {
    const byList = new Map<string, string[]>();
    for (const row of rows) {
      if (isTrue(row.get('disabled'))) continue;
      const list = row.get('list') ?? '';
      const addresses = byList.get(list) ?? [];
      addresses.push(row.get('address') ?? '');
      byList.set(list, addresses);
    }
    for (const [list, addresses] of byList) {
      const parsed = addresses.map((text) => ({ text, address: parseAddress(text) }));
      const others = parsed.filter(({ address }) => address === null).map(({ text }) => text);
      const index = new AddressIndex(parsed.flatMap(({ address }) => address ?? []));
      const ranges = others.filter((text) => text.includes('-') && !/[g-z]/i.test(text));
      // A name stands for addresses of which the router made dynamic rows of their own; they are in the table too.
      const hasDoubt = others.some((text) => !ranges.includes(text) && !/[a-z]/i.test(text));
      this.#lists.set(list, { index, ranges, hasDoubt });
    }
  }

  /** Whether the address is in the list. */
  has(list: string, address: string): Truth {
    const known = this.#lists.get(list);
    if (known === undefined) return 'no';
    const parsed = parseAddress(address);
    if (parsed === null) return 'unknown';
    if (known.index.holds(parsed)) return 'yes';
    const fits = known.ranges.map((range) => addressFits(range, address));
    if (fits.includes('yes')) return 'yes';
    const isDoubtful = known.ranges.some((range, at) => fits[at] === 'unknown' && !/[a-z]/i.test(range));
    return known.hasDoubt || isDoubtful ? 'unknown' : 'no';
  }
}

/** `unknown` with the rules that could not be judged. */
export type InputVerdict =
  { readonly kind: 'open' | 'closed' } | { readonly kind: 'unknown'; readonly rules: readonly string[] };

type Truth = 'yes' | 'no' | 'unknown';
/** Where a packet may end up; several when a rule could not be judged. */
type Outcome = 'accept' | 'drop' | 'translated' | 'through';

/** Deeper jumps than this go nowhere here: whatever stands there is not judged. */
const DEEPEST = 16;

/** Whether the packet reaches the router's own service. Three-valued: what it does not know it does not guess. */
export function evaluateInput(packet: InputPacket, tables: InputTables): InputVerdict {
  const judge = new Judge(packet, tables);
  const before = judge.run('dstnat', tables.nat, 0);
  const outcomes = judge.run('input', tables.filter, 0);
  // Where it may be translated it may end elsewhere: then the input chain says nothing of this port.
  if (before.has('translated')) return { kind: 'unknown', rules: judge.doubts };
  const isOpen = outcomes.has('accept') || outcomes.has('through');
  const isClosed = outcomes.has('drop');
  if (isOpen && isClosed) return { kind: 'unknown', rules: judge.doubts };
  return { kind: isOpen ? 'open' : 'closed' };
}

const ENDS: Readonly<Record<string, Outcome>> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'drop',
  tarpit: 'drop',
  return: 'through',
  redirect: 'translated',
  'dst-nat': 'translated',
  netmap: 'translated',
  same: 'translated',
};
const PASSING = new Set([
  'log',
  'passthrough',
  'fasttrack-connection',
  'add-src-to-address-list',
  'add-dst-to-address-list',
]);

/** Properties of a rule that are no matchers. */
const NO_MATCHERS = new Set(
  (
    '.id chain action comment disabled dynamic invalid inactive .about .nextid log log-prefix jump-target reject-with ' +
    'to-addresses to-ports address-list address-list-timeout bytes packets hw-offload randomise-ports same-not-by-dst'
  ).split(' '),
);

class Judge {
  readonly #packet: InputPacket;
  readonly #tables: InputTables;
  readonly #doubts = new Set<string>();

  constructor(packet: InputPacket, tables: InputTables) {
    this.#packet = packet;
    this.#tables = tables;
  }

  get doubts(): readonly string[] {
    return [...this.#doubts];
  }

  /** Every way in which a chain may be left. */
  run(chain: string, rows: readonly Row[], depth: number): ReadonlySet<Outcome> {
    const outcomes = new Set<Outcome>();
    for (const row of rows) {
      if (row.get('chain') !== chain || isTrue(row.get('disabled'))) continue;
      const fits = this.#fits(row);
      if (fits === 'no') continue;
      const ends = this.#act(row, rows, depth);
      if (ends === null) continue;
      if (fits === 'unknown') this.#doubts.add(row.get('.id') ?? '');
      for (const end of ends) if (end !== 'through' || isReturn(row)) outcomes.add(end);
      // It surely ends here, unless the chain it jumps into may be left by its end.
      if (fits === 'yes' && (isReturn(row) || !ends.has('through'))) return outcomes;
    }
    return outcomes.add('through');
  }

  /** How this rule may end a packet's way; null: it lets it go on. */
  #act(row: Row, rows: readonly Row[], depth: number): ReadonlySet<Outcome> | null {
    const action = row.get('action') ?? 'accept';
    if (PASSING.has(action)) return null;
    const end = ENDS[action];
    if (end !== undefined) return new Set([end]);
    if (action === 'jump' && depth < DEEPEST) return this.run(row.get('jump-target') ?? '', rows, depth + 1);
    this.#doubts.add(row.get('.id') ?? '');
    return new Set<Outcome>(['accept', 'drop', 'through']);
  }

  #fits(row: Row): Truth {
    let all: Truth = isTrue(row.get('invalid')) || isTrue(row.get('inactive')) ? 'unknown' : 'yes';
    for (const [name, value] of row) {
      if (NO_MATCHERS.has(name) || value === '') continue;
      const isNegated = value.startsWith('!');
      const bare = this.#matches(name, isNegated ? value.slice(1) : value);
      const truth = isNegated && bare !== 'unknown' ? (bare === 'yes' ? 'no' : 'yes') : bare;
      if (truth === 'no') return 'no';
      if (truth === 'unknown') all = 'unknown';
    }
    return all;
  }

  #matches(name: string, value: string): Truth {
    const { protocol, source, destination, destinationPort, inInterface } = this.#packet;
    switch (name) {
      case 'protocol':
        return truth(value === protocol || value === (protocol === 'tcp' ? '6' : '17'));
      case 'dst-port':
        return portFits(value, destinationPort);
      case 'src-address':
        return addressFits(value, source);
      case 'dst-address':
        return addressFits(value, destination);
      case 'in-interface':
        // A group of interfaces (`all-ethernet`) is not known to us.
        return value.startsWith('all-') ? 'unknown' : truth(value === inInterface);
      case 'in-interface-list':
        return this.#isMember(value, inInterface);
      case 'connection-state':
        return truth(value.split(',').includes('new'));
      case 'connection-nat-state':
        // Nothing was translated by then, or the verdict is unknown anyway; source NAT comes later.
        return 'no';
      case 'src-address-list':
        return this.#tables.lists.has(value, source);
      case 'dst-address-list':
        return this.#tables.lists.has(value, destination);
      case 'dst-address-type':
        return value === 'local' ? 'yes' : 'unknown';
      case 'out-interface':
      case 'out-interface-list':
        // What is for the router itself leaves by none.
        return 'no';
      default:
        return 'unknown';
    }
  }

  #isMember(list: string, name: string): Truth {
    if (list === 'all') return 'yes';
    if (list === 'none') return 'no';
    const rows = this.#tables.members.filter((row) => row.get('list') === list && !isTrue(row.get('disabled')));
    if (rows.some((row) => row.get('interface') === name)) return 'yes';
    // A dynamic list (`dynamic`, `static`), or one that includes others, need not have members of its own.
    return rows.length === 0 ? 'unknown' : 'no';
  }
}

function isReturn(row: Row): boolean {
  return row.get('action') === 'return';
}

function truth(is: boolean): Truth {
  return is ? 'yes' : 'no';
}

function portFits(value: string, port: number): Truth {
  let doubt = false;
  for (const part of value.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) doubt = true;
    else if (Number(match[1]) <= port && port <= Number(match[2] ?? match[1])) return 'yes';
  }
  return doubt ? 'unknown' : 'no';
}

function addressFits(value: string, text: string): Truth {
  const address = parseAddress(text);
  if (address === null) return 'unknown';
  const [first = '', last] = value.split('-');
  const from = parseAddress(first);
  if (from === null) return 'unknown';
  if (last === undefined) return truth(contains(from, address));
  const to = parseAddress(last);
  if (to === null) return 'unknown';
  return truth(from.family === address.family && compare(from, address) <= 0 && compare(address, to) <= 0);
}

function compare(a: Address, b: Address): number {
  for (const [at, byte] of a.bytes.entries()) {
    const difference = byte - (b.bytes[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
