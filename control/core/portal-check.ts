import type { SiteDoctor } from '../../schemas/doctor.ts';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
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

/** What the store and the configuration know. */
export interface PortalFacts {
  readonly known: readonly KnownAddress[];
  readonly round: PortalRound | null;
  readonly bundles: readonly GardenBundle[];
  /** What the last doctor found of the walled garden. */
  readonly doctor: SiteDoctor | null;
  /** What the configuration says, where a portal was PUT that is in force instead of it. */
  readonly configured?: Portal | null;
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
  { known, round: stored, bundles, doctor, configured = null }: PortalFacts,
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
    garden: portal.walledGarden.map((entry) => gardenEntry(entry, bundles, known)),
    findings: [
      ...ignoredConfig(portal, configured),
      ...findingsOf(portal, own.length, state, round !== null),
      ...(round?.findings ?? []),
      ...(doctor?.findings ?? []),
    ],
    notChecked: [...NOT_CHECKED],
  };
}

function gardenEntry(
  entry: string,
  bundles: readonly GardenBundle[],
  known: readonly KnownAddress[],
): PortalCheck['garden'][number] {
  const addressesOf = (host: string): string[] =>
    known.filter((one) => one.host === host && one.use === 'garden').map(({ address }) => address);
  const bundle = bundles.find(({ name }) => name === entry.toLowerCase());
  if (bundle !== undefined) {
    const hosts = bundle.hosts.map((one) => ({ ...one, addresses: addressesOf(one.host) }));
    return { entry, kind: 'bundle', hosts };
  }
  if (!entry.includes('.')) return { entry, kind: 'unknown', hosts: [] };
  const host = entry.toLowerCase();
  return {
    entry,
    kind: 'host',
    hosts: [{ host, standing: null, purpose: null, source: null, addresses: addressesOf(host) }],
  };
}

/**
 * Where the configuration says something else than the portal in force. One rule: a portal that was PUT is in force until
 * another is, whatever the file says.
 */
export function ignoredConfig(portal: Portal, configured: Portal | null): Finding[] {
  if (configured === null) return [];
  const keys = ['domain', 'cnameTargets', 'addresses', 'walledGarden'] as const;
  const spelled = (value: string | readonly string[]): string => [value].flat().join(' ').toLowerCase();
  const others = keys.filter((key) => spelled(portal[key]) !== spelled(configured[key]));
  if (others.length === 0) return [];
  const names = others.map((key) => `agent.portal.${key}`).join(', ');
  return [
    {
      code: 'portal-config-ignored',
      severity: 'warning',
      detail: `${names} of the configuration differ from what was sent with PUT /v1/portal or set with wisp-edge portal set, which is in force`,
      remedy:
        'Send what you want with PUT /v1/portal or wisp-edge portal set, and write the same into the configuration.',
      es: {
        detail: `${names} de la configuración difiere de lo que se envió con PUT /v1/portal o wisp-edge portal set, que es lo que vale`,
        remedy:
          'Envíe lo que quiere con PUT /v1/portal o wisp-edge portal set, y escriba lo mismo en la configuración.',
      },
    },
  ];
}

function findingsOf(
  portal: Portal,
  ownAddresses: number,
  state: PortalCheck['chain']['state'],
  isAsked: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const isUnknown = ownAddresses === 0 && portal.addresses.length === 0;
  if (isUnknown && !isAsked) {
    // Nothing is known to be wrong with the record.
    findings.push({
      code: 'portal-unknown',
      severity: 'error',
      detail: `DNS was not asked for ${portal.domain} yet: new cuts are held until an address is known`,
      remedy: 'The agent asks as soon as it runs: wisp-edge up. To ask now: wisp-edge portal check --reach',
      es: {
        detail: `todavía no se consultó el DNS por ${portal.domain}: los cortes nuevos se retienen hasta que se conozca una dirección`,
        remedy:
          'El agente consulta en cuanto se ejecuta: wisp-edge up. Para consultar ahora: wisp-edge portal check --reach',
      },
    });
  } else if (isUnknown) {
    findings.push({
      code: 'portal-unknown',
      severity: 'error',
      detail: `no address of ${portal.domain} is known: new cuts are held until there is one`,
      remedy: `Make ${portal.domain} a CNAME of ${portal.cnameTargets[0] ?? 'the platform’s host'}, or PUT addresses to /v1/portal.`,
      es: {
        detail: `no se conoce ninguna dirección de ${portal.domain}: los cortes nuevos se retienen hasta que haya una`,
        remedy: `Haga de ${portal.domain} un CNAME de ${portal.cnameTargets[0] ?? 'el host de la plataforma'}, o envíe direcciones con PUT /v1/portal.`,
      },
    });
  }
  if (state === 'stale') {
    findings.push({
      code: 'portal-stale',
      severity: 'warning',
      detail: `${portal.domain} was last resolved more than an hour ago`,
      remedy: 'Check agent.portal.resolvers; the agent keeps the known addresses for 24 h after they vanish.',
      es: {
        detail: `${portal.domain} se resolvió por última vez hace más de una hora`,
        remedy: 'Revise agent.portal.resolvers; las direcciones conocidas se conservan 24 h después de desaparecer.',
      },
    });
  }
  if (portal.cnameTargets.length === 0) {
    findings.push({
      code: 'portal-any-target',
      severity: 'info',
      detail: 'cnameTargets is empty: a chain that leads elsewhere would not be noticed',
      es: { detail: 'cnameTargets está vacío: no se notaría una cadena que lleva a otra parte' },
    });
  }
  return findings;
}
