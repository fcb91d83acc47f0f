import { parseAddress } from '../../schemas/address.ts';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import type { PortalHost } from './portal-list.ts';

/**
 * The hosts of a walled garden that can be asked for: bundles opened, plain hosts kept, each once. What lies below a
 * wildcard nobody can ask for; a name that is neither a bundle nor a host is left out.
 */
export function gardenHosts(entries: readonly string[], bundles: readonly GardenBundle[]): readonly PortalHost[] {
  const byName = new Map(bundles.map((bundle) => [bundle.name, bundle]));
  const hosts = entries.flatMap((entry) => {
    const bundle = byName.get(entry.toLowerCase());
    if (bundle !== undefined) return bundle.hosts.map(({ host }) => host).filter((host) => !host.startsWith('*.'));
    return entry.includes('.') ? [entry.toLowerCase()] : [];
  });
  return [...new Set(hosts)].map((host) => ({ host, use: 'garden' }));
}

/**
 * The names below which a router's own DNS follows a walled garden: hosts, and the domains of wildcards. A name that lies
 * below another is left out, for a row of RouterOS with `match-subdomain` takes all that lies below it.
 */
export function forwardNames(entries: readonly string[], bundles: readonly GardenBundle[]): readonly string[] {
  const byName = new Map(bundles.map((bundle) => [bundle.name, bundle]));
  const hosts = entries.flatMap((entry) => byName.get(entry.toLowerCase())?.hosts.map(({ host }) => host) ?? [entry]);
  const names = new Set(hosts.map((host) => host.replace(/^\*\./, '').toLowerCase()).filter(isName));
  return [...names].filter((name) => !parentsOf(name).some((parent) => names.has(parent))).sort();
}

function isName(text: string): boolean {
  return text.includes('.') && parseAddress(text) === null;
}

/** `b.c` and `c` of `a.b.c`. */
function parentsOf(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
}
