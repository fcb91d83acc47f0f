import { parseAddress, type Address } from '../../schemas/address.ts';
import type { PortalAddress } from '../../schemas/portal.ts';
import { canonicalAddress } from './canonical.ts';
import type { ListAddress } from './desired/rows.ts';
import { foreignCuts } from './foreign-cuts.ts';
import { ownerOf } from './ownership.ts';
import { placeOf } from './plan/diff-set.ts';
import { isTrue, type Row } from './row.ts';

interface PortalGround {
  readonly portalAddresses: readonly ListAddress[];
  /** The domain that pages lead to now, or null. */
  readonly domain: string | null;
  /** Every list that decides whether a cut subscriber is let through: ours, and another spelling that rules look at. */
  readonly lists: readonly string[];
  /** The address-lists of both families as they were read. */
  readonly rows: readonly Row[];
  /** Places of a list, as `placeOf` has them, for which the router takes no row of ours. */
  readonly refused?: ReadonlySet<string>;
}

/** Why somebody at these addresses would not reach the portal once he is cut; null: he would. */
export type PortalDoubt = (addresses: readonly Address[]) => string | null;

/**
 * Whether the portal in force is let through, or is about to be: at least one of its addresses has an enabled row,
 * anybody's, or one of ours is to be written, which a disabled row that is not ours bars (RouterOS takes an address once
 * in a list), or the router itself, where it refused the row again and again. In each family of his: IPv4 is not helped
 * by the portal's IPv6. While no address of it is known any
 * address that stands in the list will do (design §3: a router whose list holds no address gets no new cut).
 */
export function portalReach({ portalAddresses, domain, lists, rows, refused = new Set() }: PortalGround): PortalDoubt {
  const inForce = addressesInForce(portalAddresses, domain);
  const doubts = lists.map((list) => doubtOf(list, inForce, rows, refused));
  return (addresses) => {
    for (const doubt of doubts) {
      const found = doubt(addresses);
      if (found !== null) return found;
    }
    return null;
  };
}

/** The addresses that were found, as lists have them; what the last answer about its host did not have is gone. */
export function listAddresses(found: readonly PortalAddress[]): readonly ListAddress[] {
  const answered = new Map<string, number>();
  const keyOf = ({ host, use }: PortalAddress): string => `${use} ${host}`;
  for (const entry of found)
    answered.set(keyOf(entry), Math.max(entry.lastSeen, answered.get(keyOf(entry)) ?? entry.lastSeen));
  return found.map((entry) => {
    const { address, host, use } = entry;
    const isGone = entry.lastSeen < (answered.get(keyOf(entry)) ?? 0);
    return { address, host, use, ...(isGone ? { isGone } : {}) };
  });
}

/** The addresses that DNS has of the domain; those given for the portal where it has none; else all that were ever its. */
function addressesInForce(entries: readonly ListAddress[], domain: string | null): readonly Address[] {
  const portal = entries.filter(({ use }) => use === 'portal');
  const ofHost = (host: string | undefined): readonly ListAddress[] => portal.filter((entry) => entry.host === host);
  const ways = [ofHost(domain?.toLowerCase()).filter(({ isGone }) => isGone !== true), ofHost('config'), portal];
  const parsed = ways.map((way) => way.map(({ address }) => parseAddress(address)).filter((one) => one !== null));
  return parsed.find((way) => way.length > 0) ?? [];
}

function doubtOf(
  list: string,
  inForce: readonly Address[],
  rows: readonly Row[],
  refused: ReadonlySet<string>,
): PortalDoubt {
  const own = lastingRows(rows.filter((row) => row.get('list') === list));
  const standing = foreignCuts(
    own,
    list,
    () => false,
    () => true,
  );
  if (inForce.length === 0) {
    // Ours are left of a portal that is known no more. A name without an address yet lets nobody through.
    const hasForeign = foreignCuts(own, list, () => false).size > 0;
    return () => (hasForeign ? null : `list ${list} holds no address of the portal: a cut subscriber could not pay`);
  }
  const barring = new Map(
    own
      .filter((row) => ownerOf(row) === null && isTrue(row.get('disabled')))
      .map((row) => [canonicalAddress(row.get('address') ?? ''), row]),
  );
  const isBarred = ({ text }: Address): boolean => barring.has(text) || refused.has(placeOf({ list, address: text }));
  const barred = inForce.filter((address) => isBarred(address) && standing.covering(address) === null);
  return (addresses) => {
    const families = new Set(addresses.map(({ family }) => family));
    if (families.has(4) && !families.has(6) && !inForce.some(({ family }) => family === 4))
      return 'the portal has no IPv4 address: a cut subscriber who has IPv4 alone could not reach it';
    // In each of his families: his page comes over IPv4, whatever his IPv6 would let him reach.
    const ofEach = [...families]
      .map((family) => inForce.filter((way) => way.family === family))
      .filter((ways) => ways.length > 0);
    const ways = (ofEach.length > 0 ? ofEach : [inForce]).find((one) => one.every((way) => barred.includes(way)));
    if (ways === undefined) return null;
    const [first] = ways;
    const row = first === undefined ? undefined : barring.get(first.text);
    if (row === undefined)
      return `the router takes no row of ${first?.text ?? ''} in list ${list}: a cut subscriber could not reach the portal`;
    return `row ${row.get('.id') ?? ''} of list ${list} is disabled, is not ours and bars ${first?.text ?? ''}: a cut subscriber could not reach the portal`;
  };
}

/**
 * Without the dynamic rows that are gone when their time is over: what the router's DNS learnt of a walled garden is no
 * portal. One that RouterOS keeps for a name of the list, which stands in its comment, stays as long as that name.
 */
function lastingRows(rows: readonly Row[]): readonly Row[] {
  const names = new Set(rows.filter((row) => !isTrue(row.get('dynamic'))).map((row) => row.get('address') ?? ''));
  return rows.filter((row) => !isTrue(row.get('dynamic')) || names.has(row.get('comment') ?? ''));
}
