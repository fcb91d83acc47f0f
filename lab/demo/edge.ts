import { freePort } from '../test/free-port.ts';
import type { DrachtioDouble } from '../drachtio/double.ts';
import type { World } from '../world.ts';
import { edgeFolder, type EdgeFolder } from './edge-process.ts';

/** What the demo's drachtio-server is asked with. */
export const DRACHTIO_SECRET = 'labsecret';

/** A configuration for a world, and where its phones reach the provisioner. */
export interface Edge {
  readonly folder: EdgeFolder;
  readonly phonesUrl: string;
}

/**
 * A configuration for all routers of a world: api-ssl with the pinned certificate, the world's DNS, the defaults else; and
 * for its registrar, asked by our own SIP stack or by way of a drachtio-server.
 */
export async function edgeFor(world: World, drachtio: DrachtioDouble | null): Promise<Edge> {
  const port = await freePort();
  const phonesUrl = `http://127.0.0.1:${port}`;
  const server = `127.0.0.1:${world.registrar.port}`;
  const agent = {
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
  };
  const provisioner = {
    listen: { host: '127.0.0.1', port },
    publicUrl: phonesUrl,
    sip:
      drachtio === null
        ? { stack: 'embedded' }
        : { stack: 'drachtio', host: drachtio.host, port: drachtio.port, secret: { file: 'drachtio.secret' } },
    // Long enough for two refusals of a key, ≥ 2 s apart; nobody wants to watch 20 s.
    rotation: { proveSeconds: 4 },
    registrars: [{ id: 'lab', domain: server, uri: `sip:${server};transport=udp`, probeMode: 'query' }],
  };
  const folder = edgeFolder('lab', agent, { provisioner, secrets: { 'drachtio.secret': DRACHTIO_SECRET } });
  for (const router of world.routers.values()) router.setPassword('edge', folder.routerPassword);
  return { folder, phonesUrl };
}
