import type { Portal } from '../../schemas/portal.ts';
import type { PortalCheck } from '../../schemas/portal-check.ts';
import type { PortalRound } from '../../schemas/portal-round.ts';
import type { Finding } from '../../schemas/router.ts';
import { formatInstant } from './instant.ts';

/** One address as the store keeps it. */
export interface KnownAddress {
  readonly address: string;
  readonly host: string;
  readonly use: 'portal' | 'garden' | 'always';
  readonly firstSeen: number;
  readonly lastSeen: number;
}

const STALE_AFTER_MS = 3_600_000;

/** Said with every answer, so that nobody takes a preflight from memory for a test of the network. */
const NOT_CHECKED: readonly string[] = [
  'DNS was not asked now: the chain is what the agent saw at checkedAt',
  'no page was fetched: neither the certificate nor the content of the portal was looked at',
  'routers were not asked: GET /v1/routers/{id} says whether the portal list on each was verified',
  'nothing was tried from a subscriber’s side',
];

/** The preflight of the portal from what the store knows. */
export function checkPortalReach(
  portal: Portal,
  known: readonly KnownAddress[],
  stored: PortalRound | null,
  now: number,
): PortalCheck {
  // A round about the domain before says nothing of this one.
  const round = stored?.domain === portal.domain.toLowerCase() ? stored : null;
  const awaited = round?.awaited ?? null;
  const own = known.filter((entry) => entry.use === 'portal');
  const resolved = own.filter((entry) => !portal.addresses.includes(entry.address));
  const lastSeen = resolved.reduce<number | null>((latest, entry) => Math.max(latest ?? 0, entry.lastSeen), null);
  const state = lastSeen === null ? 'unknown' : now - lastSeen > STALE_AFTER_MS ? 'stale' : 'resolved';
  return {
    domain: portal.domain,
    cnameTargets: portal.cnameTargets,
    chain: {
      state,
      hosts: [...new Set(resolved.map((entry) => entry.host))].sort(),
      lastSeen: lastSeen === null ? null : formatInstant(lastSeen),
      checkedAt: round === null ? null : formatInstant(round.at),
      resolvers: round?.resolvers ?? [],
    },
    leadsTo: stored?.lead.domain ?? null,
    awaited:
      awaited === null
        ? null
        : {
            domain: awaited.domain,
            cnameTargets: awaited.cnameTargets,
            positive: awaited.positive,
            needed: round?.checks ?? 1,
            since: formatInstant(awaited.since),
          },
    addresses: known.map((entry) => ({
      ...entry,
      firstSeen: formatInstant(entry.firstSeen),
      lastSeen: formatInstant(entry.lastSeen),
    })),
    findings: [...findingsOf(portal, own.length, state), ...(round?.findings ?? [])],
    notChecked: [...NOT_CHECKED],
  };
}

function findingsOf(portal: Portal, ownAddresses: number, state: PortalCheck['chain']['state']): Finding[] {
  const findings: Finding[] = [];
  if (ownAddresses === 0 && portal.addresses.length === 0) {
    findings.push({
      code: 'portal-unknown',
      severity: 'error',
      detail: `no address of ${portal.domain} is known: new cuts are held until there is one`,
      remedy: `Make ${portal.domain} a CNAME of ${portal.cnameTargets[0] ?? 'the platform’s host'}, or PUT addresses to /v1/portal.`,
    });
  }
  if (state === 'stale') {
    findings.push({
      code: 'portal-stale',
      severity: 'warning',
      detail: `${portal.domain} was last resolved more than an hour ago`,
      remedy: 'Check agent.portal.resolvers; the agent keeps the known addresses for 24 h after they vanish.',
    });
  }
  if (portal.cnameTargets.length === 0) {
    findings.push({
      code: 'portal-any-target',
      severity: 'info',
      detail: 'cnameTargets is empty: a chain that leads elsewhere would not be noticed',
    });
  }
  return findings;
}
