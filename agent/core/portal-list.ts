import { parseAddress } from '../../schemas/address.ts';
import type { PortalAddress } from '../../schemas/portal.ts';

/** A host to follow, and what it is for. */
export interface PortalHost {
  readonly host: string;
  readonly use: PortalAddress['use'];
}

/** What the resolvers together said of one host: null when none of them gave an answer that can be used. */
export interface HostFinding {
  readonly host: string;
  readonly use: PortalAddress['use'];
  readonly addresses: readonly string[] | null;
  /** Address families of which no resolver said anything, while the other was answered. */
  readonly unanswered?: readonly (4 | 6)[];
  /** Addresses of it that were given by answers which led elsewhere: with a good one that has none of them they go. */
  readonly strays?: readonly string[];
}

export interface PortalUpdate {
  readonly addresses: readonly PortalAddress[];
  /** Hosts that lost more than half of their addresses at once: the old ones stay until the answer recovers. */
  readonly held: readonly string[];
  /** Hosts of which something had to go before its day was over: they have more addresses than are kept. */
  readonly full: readonly string[];
  /** Hosts without any known address. */
  readonly unknown: readonly string[];
  /** Confirmations that say nothing any more, by host: the clock was set back after them. */
  readonly voided: ReadonlyMap<string, number>;
}

/** How long an address stays after it was last seen, ms. */
export const GRACE_MS = 24 * 3600 * 1000;

/**
 * So many addresses of a host are kept at most: a host that answers differently every time must not fill the router. More
 * than the pool of a CDN has for one name, or each round would write to every router.
 */
export const MOST_ADDRESSES = 256;

/**
 * Merges what was just resolved into what was known: the union of all answers; an address that vanished stays for the
 * grace; failure never removes anything; when more than half of a host's addresses would go at once they stay (held), but
 * for those that had vanished when a person confirmed it (`confirmed`: when, by host);
 * hosts no longer wanted go at once, but the portal's own, old domain or configured address alike, which also stay for
 * the grace: notices that lead there may still be standing. The list is never emptied by DNS.
 */
export function updatePortalList(
  stored: readonly PortalAddress[],
  findings: readonly HostFinding[],
  fixed: readonly { readonly address: string; readonly use: PortalAddress['use'] }[],
  now: number,
  confirmed: ReadonlyMap<string, number> = new Map(),
): PortalUpdate {
  const { known, earliest } = beforeNow(
    stored.toSorted((a, b) => b.lastSeen - a.lastSeen || a.firstSeen - b.firstSeen),
    now,
  );
  const voided = new Map([...confirmed].filter(([, at]) => at > earliest));
  const held: string[] = [];
  const unknown: string[] = [];
  const full: string[] = [];
  const kept: PortalAddress[] = [];
  for (const finding of findings) {
    const before = known.filter((entry) => entry.host === finding.host && entry.use === finding.use);
    const confirmedAt = voided.has(finding.host) ? 0 : (confirmed.get(finding.host) ?? 0);
    const { entries, isHeld, isFull = false } = mergeHost(before, finding, confirmedAt, now);
    if (isHeld) held.push(finding.host);
    if (isFull) full.push(finding.host);
    if (entries.length === 0) unknown.push(finding.host);
    kept.push(...entries);
  }
  for (const { address, use } of fixed) {
    const old = known.find((entry) => entry.address === address && entry.host === 'config' && entry.use === use);
    kept.push({ address, host: 'config', use, firstSeen: old?.firstSeen ?? now, lastSeen: now });
  }
  const places = new Set(kept.map(placeOf));
  const drained = known.filter(
    (entry) => entry.use === 'portal' && now - entry.lastSeen < GRACE_MS && !places.has(placeOf(entry)),
  );
  return { addresses: [...kept, ...drained.filter(({ host }) => isGone(host, findings))], held, full, unknown, voided };
}

/**
 * With a clock that was set back what was seen before would be of the future: newer than what is answered now, and kept
 * until the clock has caught up. It is told as of just before now, each answer for itself and in the same order, so that
 * what vanished together still did. A confirmation from after `earliest`, the first of the times told anew, goes by the
 * old clock: what had vanished when it was given can no longer be told from what was answered after it, neither now nor
 * when the clock has caught up.
 */
function beforeNow(
  known: readonly PortalAddress[],
  now: number,
): { readonly known: readonly PortalAddress[]; readonly earliest: number } {
  const ahead = [...new Set(known.map(({ lastSeen }) => lastSeen).filter((at) => at > now))].sort((a, b) => b - a);
  if (ahead.length === 0) return { known, earliest: now };
  const told = new Map(ahead.map((at, after) => [at, now - 1 - after]));
  const retold = known.map((entry) => {
    const lastSeen = told.get(entry.lastSeen) ?? entry.lastSeen;
    return { ...entry, firstSeen: Math.min(entry.firstSeen, lastSeen), lastSeen };
  });
  return { known: retold, earliest: now - ahead.length };
}

/** `known`: those seen last first. */
function mergeHost(
  known: readonly PortalAddress[],
  { host, use, addresses, unanswered = [], strays = [] }: HostFinding,
  confirmedAt: number,
  now: number,
): { readonly entries: readonly PortalAddress[]; readonly isHeld: boolean; readonly isFull?: boolean } {
  const fresh = new Set(addresses ?? []);
  if (fresh.size === 0) return { entries: known, isHeld: false };
  const before = known.filter(({ address }) => fresh.has(address) || !strays.includes(address));
  const isAnswered = ({ address }: PortalAddress): boolean => {
    const family = parseAddress(address)?.family;
    return family === undefined || !unanswered.includes(family);
  };
  const vanished = before.filter((entry) => !fresh.has(entry.address) && isAnswered(entry));
  const expired = vanished.filter((entry) => now - entry.lastSeen >= GRACE_MS);
  const doubtful = expired.filter(({ lastSeen }) => lastSeen >= confirmedAt);
  const isMassRemoval = doubtful.length * 2 > new Set([...before.map(({ address }) => address), ...fresh]).size;
  const gone = new Set(isMassRemoval ? expired.filter((entry) => !doubtful.includes(entry)) : expired);
  const entries = new Map(before.filter((entry) => !gone.has(entry)).map((entry) => [entry.address, entry]));
  for (const address of fresh) {
    const firstSeen = entries.get(address)?.firstSeen ?? now;
    entries.set(address, { address, host, use, firstSeen, lastSeen: now });
  }
  // What is answered now stays, and of that what is known longest: an answer with more than there is room for must not
  // turn the list over. Then those seen last, in which order they come.
  const isFresh = ({ address }: PortalAddress): boolean => fresh.has(address);
  const all = [...entries.values()];
  const newest = [
    ...all.filter(isFresh).sort((a, b) => a.firstSeen - b.firstSeen),
    ...all.filter((entry) => !isFresh(entry)),
  ];
  return {
    entries: newest.slice(0, MOST_ADDRESSES),
    isFull: newest.length > MOST_ADDRESSES,
    isHeld:
      isMassRemoval ||
      isShrink(
        vanished.filter(({ lastSeen }) => lastSeen >= confirmedAt),
        fresh.size,
      ),
  };
}

/**
 * More addresses vanished together than are left. Those that were last seen at one time were one answer, so that a CDN,
 * which gives a few others every time, is no shrink, and a host that moved wholly is none either: its old addresses go
 * after the grace.
 */
function isShrink(vanished: readonly PortalAddress[], left: number): boolean {
  const together = new Map<number, number>();
  for (const { lastSeen } of vanished) together.set(lastSeen, (together.get(lastSeen) ?? 0) + 1);
  return [...together.values()].some((size) => size > left);
}

function placeOf({ use, host, address }: PortalAddress): string {
  return `${use} ${host} ${address}`;
}

/** A host nobody asked about in this round: a configured address that was taken out, or a domain that was left. */
function isGone(host: string, findings: readonly HostFinding[]): boolean {
  return !findings.some((finding) => finding.use === 'portal' && finding.host === host);
}
