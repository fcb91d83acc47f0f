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
