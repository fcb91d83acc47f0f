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
}

export interface PortalUpdate {
  readonly addresses: readonly PortalAddress[];
  /** Hosts whose answers shrank by more than half: the old addresses stay until a person looks or the answer recovers. */
  readonly held: readonly string[];
  /** Hosts without any known address. */
  readonly unknown: readonly string[];
}

/** How long an address stays after it was last seen, ms. */
export const GRACE_MS = 24 * 3600 * 1000;

/** So many addresses of a host are kept at most: a host that answers differently every time must not fill the router. */
export const MOST_ADDRESSES = 64;

/**
 * Merges what was just resolved into what was known: the union of all answers; an address that vanished stays for the
 * grace; failure never removes anything; a host that lost more than half of its addresses at once keeps them (held);
 * hosts no longer wanted go at once, but the portal's own, old domain or configured address alike, which also stay for
 * the grace: notices that lead there may still be standing. The list is never emptied by DNS.
 */
export function updatePortalList(
  known: readonly PortalAddress[],
  findings: readonly HostFinding[],
  fixed: readonly { readonly address: string; readonly use: PortalAddress['use'] }[],
  now: number,
): PortalUpdate {
  const held: string[] = [];
  const unknown: string[] = [];
  const kept: PortalAddress[] = [];
  for (const finding of findings) {
    const before = known.filter((entry) => entry.host === finding.host && entry.use === finding.use);
    const fresh = new Set(finding.addresses ?? []);
    const lost = before.filter((entry) => !fresh.has(entry.address)).length;
    const isHeld = finding.addresses !== null && before.length > 1 && lost * 2 > before.length;
    if (isHeld) held.push(finding.host);
    const isKept = finding.addresses === null || isHeld || fresh.size === 0;
    const stays = isKept ? before : before.filter((entry) => now - entry.lastSeen < GRACE_MS);
    const entries = new Map<string, PortalAddress>();
    for (const entry of stays) entries.set(entry.address, entry);
    for (const address of fresh) {
      const old = entries.get(address);
      entries.set(address, {
        address,
        host: finding.host,
        use: finding.use,
        firstSeen: old?.firstSeen ?? now,
        lastSeen: now,
      });
    }
    if (entries.size === 0) unknown.push(finding.host);
    kept.push(...[...entries.values()].sort((a, b) => b.lastSeen - a.lastSeen).slice(0, MOST_ADDRESSES));
  }
  for (const { address, use } of fixed) {
    const old = known.find((entry) => entry.address === address && entry.host === 'config' && entry.use === use);
    kept.push({ address, host: 'config', use, firstSeen: old?.firstSeen ?? now, lastSeen: now });
  }
  const places = new Set(kept.map(placeOf));
  const drained = known.filter(
    (entry) => entry.use === 'portal' && now - entry.lastSeen < GRACE_MS && !places.has(placeOf(entry)),
  );
  return { addresses: [...kept, ...drained.filter(({ host }) => isGone(host, findings))], held, unknown };
}

function placeOf({ use, host, address }: PortalAddress): string {
  return `${use} ${host} ${address}`;
}

/** A host nobody asked about in this round: a configured address that was taken out, or a domain that was left. */
function isGone(host: string, findings: readonly HostFinding[]): boolean {
  return !findings.some((finding) => finding.use === 'portal' && finding.host === host);
}
