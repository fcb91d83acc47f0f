import type { World } from '../world.ts';
import { edgeFolder, type EdgeFolder } from './edge-process.ts';

/** A configuration for all routers of a world: api-ssl with the pinned certificate, the world's DNS, the defaults else. */
export function edgeFor(world: World): EdgeFolder {
  return edgeFolder('lab', {
    portal: {
      domain: world.domain,
      cnameTargets: [world.cnameTarget],
      resolvers: [`127.0.0.1:${world.dns.port}`],
    },
    routers: [...world.routers].map(([id, router]) => ({
      id,
      host: router.host,
      port: router.tlsPort,
      tls: { pin: `sha256:${router.certificate?.sha256 ?? ''}` },
      user: 'edge',
      password: { file: 'router.password' },
    })),
  });
}
