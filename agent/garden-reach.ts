import type { Finding } from '../schemas/finding.ts';
import type { GardenBundle, GardenStanding } from '../schemas/garden-bundle.ts';
import type { Portal } from '../schemas/portal.ts';
import { finding } from './core/findings/table.ts';
import { gardenHosts } from './core/walled-garden.ts';
import type { DoctorProbes, ProbeOptions } from './doctor/ports.ts';
import { unionOf } from './portal-answers.ts';
import type { ResolveHost } from './ports.ts';

/** Hosts tried side by side. */
const AT_ONCE = 8;
/** Addresses of a host that are tried, until one answers: a CDN may have dozens. */
const MOST_TRIED = 3;

/** What one host came to: the first of its addresses that answered as it should, or why none did. */
export interface HostReach {
  readonly host: string;
  readonly use: 'portal' | 'garden';
  readonly standing: GardenStanding | null;
  readonly addresses: readonly string[];
  readonly outcome: 'reached' | 'unresolved' | 'closed' | 'certificate';
  readonly detail: string | null;
}

export interface ReachDeps {
  readonly portal: Portal;
  readonly bundles: readonly GardenBundle[];
  readonly resolve: ResolveHost;
  readonly reach: DoctorProbes['reachPortal'];
  readonly options: ProbeOptions;
}

/**
 * Resolves the portal and every host of the walled garden from this box, and opens TLS on port 443 under its name. What
 * lies below a wildcard has no name to try. Rejects only when it is stopped.
 */
export async function reachGarden(deps: ReachDeps): Promise<readonly HostReach[]> {
  const portal = { host: deps.portal.domain.toLowerCase(), use: 'portal' as const };
  const reached: HostReach[] = [];
  for await (const some of reachEach([portal, ...gardenOf(deps)], deps)) reached.push(...some);
  return reached;
}

/** The hosts of the walled garden that have a name to try. */
export function gardenOf({ portal, bundles }: Pick<ReachDeps, 'portal' | 'bundles'>): readonly TriedHost[] {
  return gardenHosts(portal.walledGarden, bundles).map(({ host }) => ({ host, use: 'garden' }));
}

type TriedHost = Pick<HostReach, 'host' | 'use'>;

/** Tries these hosts, a few side by side, and gives what each few came to. Rejects only when it is stopped. */
export async function* reachEach(
  hosts: readonly TriedHost[],
  deps: ReachDeps,
): AsyncGenerator<readonly HostReach[], void> {
  const { portal, bundles } = deps;
  const standings = new Map(
    bundles
      .filter(({ name }) => portal.walledGarden.some((entry) => entry.toLowerCase() === name))
      .flatMap((bundle) => bundle.hosts.map(({ host, standing }) => [host, standing] as const)),
  );
  for (let at = 0; at < hosts.length; at += AT_ONCE) {
    const some = hosts.slice(at, at + AT_ONCE);
    yield Promise.all(some.map((one) => tryHost({ ...one, standing: standings.get(one.host) ?? null }, deps)));
  }
}

/** A host that its vendor names and that is not reached is a warning; of the others nobody knows that it is needed. */
export function reachFindings(reached: readonly HostReach[]): readonly Finding[] {
  return reached.flatMap(({ host, use, standing, outcome, detail }) => {
    if (outcome === 'reached') return [];
    const severity = use === 'portal' ? 'error' : standing === 'unverified' ? 'info' : 'warning';
    return [
      finding('garden-unreachable', { host, why: detail ?? outcome, hasAnswered: outcome === 'certificate' }, severity),
    ];
  });
}

async function tryHost(
  host: Pick<HostReach, 'host' | 'use' | 'standing'>,
  { resolve, reach, options }: ReachDeps,
): Promise<HostReach> {
  const resolutions = await resolve(host.host, options.signal);
  const addresses = unionOf(resolutions).addresses ?? [];
  if (addresses.length === 0) {
    const why = resolutions.map((one) => `${one.resolver}: ${one.kind === 'answer' ? 'no address' : one.detail}`);
    return { ...host, addresses, outcome: 'unresolved', detail: why.join('; ') };
  }
  let last: Pick<HostReach, 'outcome' | 'detail'> = { outcome: 'closed', detail: 'this box has no way there' };
  for (const address of addresses.slice(0, MOST_TRIED)) {
    const seen = await reach(address, host.host, options);
    if (seen === null) continue;
    if (seen.https.kind === 'ok') return { ...host, addresses, outcome: 'reached', detail: null };
    last = { outcome: seen.https.kind, detail: `${address}: ${seen.https.why}` };
  }
  return { ...host, addresses, ...last };
}
