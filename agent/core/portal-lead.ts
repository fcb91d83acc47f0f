import type { AwaitedPortal, PortalLead } from '../../schemas/portal-round.ts';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';

/** Rounds that come sooner after one another tell nothing new of DNS, and count once. */
export const ROUND_GAP_MS = 15_000;

/** Where notices lead, and the portal they shall lead to once it was seen good often enough; null: they do already. */
export interface LeadState {
  readonly lead: PortalLead;
  readonly awaited: AwaitedPortal | null;
}

/** What one round says of the wanted portal. */
export interface RoundSeen {
  /** As `ChainVerdict` has it. */
  readonly isGood: boolean | null;
  /** False where the configuration names no resolver: then nothing can be checked. */
  readonly isAsked: boolean;
  /** Good rounds in a row that a switch takes. */
  readonly checks: number;
  readonly now: number;
}

/**
 * Where notices lead after this round. A changed domain, or a changed set of targets, is led to after `checks` good rounds
 * in a row, for a new record takes 30 minutes to 5 hours to be everywhere (WispHub's manual), and who is led there before
 * meets nothing (I4). A round in which no resolver answered says nothing, for or against. Nobody waits where nobody can be
 * led elsewhere: with a fresh store, or when no address of the portal is known.
 */
export function nextLead(
  before: LeadState | null,
  portal: Pick<Portal, 'domain' | 'cnameTargets' | 'addresses'>,
  known: readonly PortalAddress[],
  { isGood, isAsked, checks, now }: RoundSeen,
): LeadState {
  const wanted = leadOf(portal);
  const own = known.filter(({ use }) => use === 'portal');
  const lead = before?.lead ?? firstLead(wanted, own);
  const isUnchecked = !isAsked && portal.addresses.length > 0;
  if (isSameLead(lead, wanted) || own.length === 0 || isUnchecked) return { lead: wanted, awaited: null };
  const waiting = before?.awaited ?? null;
  const awaited = waiting !== null && isSameLead(waiting, wanted) ? waiting : startAwaiting(wanted, now);
  if (!isAsked || isGood === null) return { lead, awaited };
  if (!isGood) return { lead, awaited: { ...awaited, positive: 0 } };
  // A clock that was set back must not stop the count.
  const isNew = awaited.positive === 0 || now - awaited.countedAt >= ROUND_GAP_MS || now < awaited.countedAt;
  const positive = awaited.positive + (isNew ? 1 : 0);
  if (positive >= checks) return { lead: wanted, awaited: null };
  return { lead, awaited: { ...awaited, positive, countedAt: isNew ? now : awaited.countedAt } };
}

/** A portal's domain and targets, spelled so that two can be compared. */
export function leadOf({ domain, cnameTargets }: Pick<Portal, 'domain' | 'cnameTargets'>): PortalLead {
  return {
    domain: domain.toLowerCase(),
    cnameTargets: [...new Set(cnameTargets.map((host) => host.toLowerCase()))].sort(),
  };
}

export function isSameLead(a: PortalLead, b: PortalLead): boolean {
  return a.domain === b.domain && a.cnameTargets.join(' ') === b.cnameTargets.join(' ');
}

/** Without a round before: the wanted one, unless all that is known is of another domain, to which notices lead then. */
function firstLead(wanted: PortalLead, own: readonly PortalAddress[]): PortalLead {
  const named = own.filter(({ host }) => host !== 'config');
  if (own.length !== named.length || named.some(({ host }) => host === wanted.domain)) return wanted;
  const latest = named.toSorted((a, b) => b.lastSeen - a.lastSeen)[0];
  return latest === undefined ? wanted : { domain: latest.host, cnameTargets: [] };
}

function startAwaiting(wanted: PortalLead, now: number): AwaitedPortal {
  return { ...wanted, positive: 0, countedAt: now, since: now };
}
