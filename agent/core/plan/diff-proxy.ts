import { canonicalAddress, canonicalPorts } from '../canonical.ts';
import { ownComment, ownerOf, printKey, type RowKey, type RowOwner } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import type { DesiredRow } from '../desired/rows.ts';
import { changedValues, hasForeignMatcher, idOf } from './diff-order.ts';
import type { Anchor } from './step.ts';

/** Per-subscriber web-proxy rows compared with the wanted ones. Among themselves their order does not matter. */
export interface ProxyDiff {
  readonly add: readonly { readonly desired: DesiredRow; readonly before: Anchor }[];
  readonly set: readonly {
    readonly row: Row;
    readonly desired: DesiredRow;
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly move: readonly { readonly row: Row; readonly desired: DesiredRow; readonly before: Anchor }[];
  readonly remove: readonly { readonly row: Row; readonly key: RowKey }[];
  readonly covered: readonly { readonly desired: DesiredRow; readonly row: Row }[];
  /** The final deny: what to do with it, before anything else in this menu. */
  readonly deny:
    | { readonly kind: 'keep' }
    | { readonly kind: 'add'; readonly before: Anchor }
    | { readonly kind: 'move'; readonly row: Row; readonly before: Anchor }
    | { readonly kind: 'set'; readonly row: Row; readonly values: Readonly<Record<string, string>> }
    /** A person narrowed it: a new one goes before it, then it goes. */
    | { readonly kind: 'replace'; readonly row: Row; readonly before: Anchor };
}

/**
 * Compares `/ip/proxy/access` (first match wins, no match = allowed) with the wanted rows. Ours stand above every row
 * that would answer for them: the final deny, a foreign row for everybody, a foreign row for the same address.
 */
export function diffProxy(
  observed: readonly Row[],
  desired: readonly DesiredRow[],
  deny: DesiredRow,
  owner: RowOwner,
): ProxyDiff {
  const port = deny.values['local-port'] ?? '';
  const scan = scanRows(observed, deny, port, owner);
  const denyAnchor: Anchor = { by: 'key', menu: deny.menu, key: deny.key };
  const wanted = new Map(desired.map((row) => [canonicalAddress(row.values['src-address'] ?? ''), row]));
  const add: ProxyDiff['add'][number][] = [];
  const set: ProxyDiff['set'][number][] = [];
  const move: ProxyDiff['move'][number][] = [];
  const remove: ProxyDiff['remove'][number][] = [];
  const covered: ProxyDiff['covered'][number][] = [];
  const done = new Set<string>();
  const denial = denyChange(scan, deny);
  // Where the deny will stand: it goes first, and never below a general row.
  const stays = denial.kind === 'keep' || denial.kind === 'set';
  const denyAt = (stays ? scan.deny?.at : scan.general?.at) ?? Infinity;
  const anchorFor = (address: string): Anchor => {
    const shadow = scan.foreignByAddress.get(address);
    return shadow === undefined || shadow.at > denyAt ? denyAnchor : { by: 'id', id: idOf(shadow.row) };
  };
  for (const { row, key, at } of scan.own) {
    const address = canonicalAddress(row.get('src-address') ?? '');
    const match = wanted.get(address);
    if (match === undefined || done.has(address) || hasForeignMatcher(row, match)) {
      remove.push({ row, key });
      continue;
    }
    done.add(address);
    const values = changedValues(row, match);
    if (ownerOf(row) === null || printKey(key) !== printKey(match.key)) values['comment'] = ownComment(match.key);
    if (Object.keys(values).length > 0) set.push({ row, desired: match, values });
    const shadow = Math.min(denyAt, scan.foreignByAddress.get(address)?.at ?? Infinity);
    if (at > shadow) move.push({ row, desired: match, before: anchorFor(address) });
  }
  for (const [address, row] of wanted) {
    if (done.has(address)) continue;
    const foreign = scan.foreignByAddress.get(address);
    const isFirst = foreign !== undefined && foreign.at < denyAt;
    if (isFirst && Object.keys(changedValues(foreign.row, row)).length === 0)
      covered.push({ desired: row, row: foreign.row });
    else add.push({ desired: row, before: anchorFor(address) });
  }
  return { add, set, move, remove, covered, deny: denial };
}

interface Placed {
  readonly row: Row;
  readonly at: number;
}

interface Scan {
  readonly own: readonly (Placed & { readonly key: RowKey })[];
  readonly deny: Placed | undefined;
  /** The first enabled foreign row that answers for everybody who comes through our port. */
  readonly general: Placed | undefined;
  readonly foreignByAddress: ReadonlyMap<string, Placed>;
  /** Position of the last row that the final deny must stay below; what follows a general row is never asked. */
  readonly lastAbove: number;
}

function scanRows(observed: readonly Row[], deny: DesiredRow, port: string, owner: RowOwner): Scan {
  const own: Scan['own'][number][] = [];
  const foreignByAddress = new Map<string, Placed>();
  let denyRow: Placed | undefined;
  let general: Placed | undefined;
  let lastAbove = -1;
  for (const [at, row] of observed.entries()) {
    const key = owner(row);
    if (key !== null) {
      if (printKey(key) === printKey(deny.key) && denyRow === undefined) denyRow = { row, at };
      else {
        own.push({ row, key, at });
        if (general === undefined) lastAbove = at;
      }
      continue;
    }
    if (!concernsPort(row, port)) continue;
    const source = row.get('src-address') ?? '';
    // A row of ours that is left alone while its subscriber is held has its owner's page, whomever it is for.
    if (isGeneral(row) && ownerOf(row) === null) {
      if (!isTrue(row.get('disabled'))) general ??= { row, at };
      continue;
    }
    if (general === undefined) lastAbove = at;
    const address = canonicalAddress(source);
    if (!isTrue(row.get('disabled')) && isForOneAddress(row) && !foreignByAddress.has(address))
      foreignByAddress.set(address, { row, at });
  }
  return { own, deny: denyRow, general, foreignByAddress, lastAbove };
}

function denyChange(scan: Scan, deny: DesiredRow): ProxyDiff['deny'] {
  const before: Anchor = scan.general === undefined ? { by: 'end' } : { by: 'id', id: idOf(scan.general.row) };
  if (scan.deny === undefined) return { kind: 'add', before };
  if (hasForeignMatcher(scan.deny.row, deny)) return { kind: 'replace', row: scan.deny.row, before };
  const isSunk = scan.general !== undefined && scan.general.at < scan.deny.at;
  const isAbove = scan.deny.at < scan.lastAbove;
  if (isSunk || isAbove) return { kind: 'move', row: scan.deny.row, before };
  const values = changedValues(scan.deny.row, deny);
  return Object.keys(values).length > 0 ? { kind: 'set', row: scan.deny.row, values } : { kind: 'keep' };
}

const SPECIFIC = ['dst-address', 'dst-host', 'dst-port', 'method', 'path'];

function concernsPort(row: Row, port: string): boolean {
  const text = row.get('local-port') ?? '';
  const ports = canonicalPorts(text.replace(/^!/, ''));
  if (ports === '') return true;
  const isNamed = ports.split(',').some((part) => {
    const [first = '', last = first] = part.split('-');
    return Number(first) <= Number(port) && Number(port) <= Number(last);
  });
  return isNamed !== text.startsWith('!');
}

function hasSpecific(row: Row): boolean {
  return SPECIFIC.some((name) => {
    const value = row.get(name) ?? '';
    return value !== '' && !(name === 'method' && value === 'any') && value !== '0.0.0.0/0';
  });
}

function isGeneral(row: Row): boolean {
  const source = row.get('src-address') ?? '';
  // Prefixes, ranges and `!` answer for many: ours stand above them, whoever is meant.
  const isEverybody = source === '' || /[-!]/.test(source) || (source.includes('/') && !source.endsWith('/32'));
  return isEverybody && !hasSpecific(row);
}

function isForOneAddress(row: Row): boolean {
  return (row.get('src-address') ?? '') !== '' && !hasSpecific(row);
}
