import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { LabClock } from './clock.ts';
import { startLabDns, type LabDns } from './dns/server.ts';
import { Zones } from './dns/zones.ts';
import { Internet } from './internet.ts';
import { startPhone, type LabPhone, type LabPhoneOptions } from './phones/phone.ts';
import { startRegistrar, type LabRegistrar } from './registrar/registrar.ts';
import type { ResolveName } from './routeros/names.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from './routeros/router.ts';
import { greeter, portalSite, probeHosts, OS_PROBES, udpEcho, webSite, type Site } from './sites.ts';

interface WorldRouterOptions extends Omit<
  LabRouterOptions,
  'internet' | 'resolveName' | 'subscriberResolver' | 'clock'
> {
  readonly id: string;
}

export interface WorldOptions {
  readonly routers?: readonly WorldRouterOptions[];
  /** The ISP's own portal domain, a CNAME of `cnameTarget`. */
  readonly domain?: string;
  readonly cnameTarget?: string;
  readonly portalAddresses?: readonly string[];
  /** What the registrar accepts at first: SIP key by extension. */
  readonly extensions?: ReadonlyMap<string, string>;
  readonly clock?: LabClock;
}

/** Addresses of the virtual internet that every world has. */
export const PLACES = {
  resolver: '198.51.100.53',
  portal: '198.51.100.10',
  portal6: '2001:db8:51::10',
  site: '198.51.100.80',
  site6: '2001:db8:51::80',
  probes: '198.51.100.90',
  echo: '198.51.100.7',
} as const;

/** DNS, a virtual internet and routers before it; a SIP registrar, and the phones that were plugged in. */
export interface World {
  readonly dns: LabDns;
  readonly internet: Internet;
  readonly domain: string;
  readonly cnameTarget: string;
  readonly portal: Site;
  /** `example.test` and `www.example.test`. */
  readonly site: Site;
  readonly probes: Site;
  readonly routers: ReadonlyMap<string, LabRouter>;
  router(id: string): LabRouter;
  readonly registrar: LabRegistrar;
  /** Plugs a phone in; it ends with the world. */
  plugIn(phone: LabPhoneOptions): Promise<LabPhone>;
  close(): Promise<void>;
}

/** Starts a world on loopback; `close` ends all of it. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const domain = options.domain ?? 'clientes.example.net';
  const cnameTarget = options.cnameTarget ?? 'portal.wisphub.test';
  const portalAddresses = options.portalAddresses ?? [PLACES.portal, PLACES.portal6];
  const dns = await startLabDns(zonesOf(domain, cnameTarget, portalAddresses));
  const internet = new Internet();
  internet.udp(PLACES.resolver, 53, (query, _caller, reply) => {
    for (const answer of dns.ask(query)) reply(answer);
  });
  greeter(internet, [...portalAddresses, PLACES.site, PLACES.site6]);
  udpEcho(internet, PLACES.echo, 7);
  const routers = new Map<string, LabRouter>();
  for (const { id, ...rest } of options.routers ?? [{ id: 'r0' }]) {
    const router = await startLabRouter({
      identity: id,
      ...rest,
      internet,
      resolveName: resolverOf(dns),
      subscriberResolver: PLACES.resolver,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
    router.plane.localUdp(53, (query, _caller, reply) => {
      for (const answer of dns.ask(query)) reply(answer);
    });
    routers.set(id, router);
  }
  const users = [...(options.extensions ?? [])].map(([user, key]) => [user, { keys: [key] }] as const);
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const registrar = await startRegistrar({ users: new Map(users), ...clock });
  const phones: LabPhone[] = [];
  return {
    dns,
    internet,
    domain,
    cnameTarget,
    portal: portalSite(internet, portalAddresses),
    site: webSite(internet, [PLACES.site, PLACES.site6]),
    probes: probeHosts(internet, [PLACES.probes]),
    routers,
    router(id) {
      const router = routers.get(id);
      if (router === undefined) throw new RangeError(`no router ${id} in this world`);
      return router;
    },
    registrar,
    async plugIn(wanted) {
      const phone = await startPhone({ ...clock, ...wanted });
      phones.push(phone);
      return phone;
    },
    async close() {
      await Promise.all(phones.map((phone) => phone.close()));
      await registrar.close();
      await Promise.all([...routers.values()].map((router) => router.close()));
      internet.close();
      await dns.close();
    },
  };
}

function zonesOf(domain: string, cnameTarget: string, portalAddresses: readonly string[]): Zones {
  const zones = new Zones().cname(domain, cnameTarget).a(cnameTarget, portalAddresses);
  for (const host of ['example.test', 'www.example.test']) zones.a(host, [PLACES.site, PLACES.site6]);
  for (const { host } of OS_PROBES) zones.a(host, [PLACES.probes]);
  return zones;
}

/** The routers' own resolver: the lab's DNS, asked without a socket. */
function resolverOf(dns: LabDns): ResolveName {
  return (name, family) => {
    const type = family === 4 ? 'A' : 'AAAA';
    const query = encode({ type: 'query', id: 1, flags: RECURSION_DESIRED, questions: [{ type, name }] });
    const [reply] = dns.ask(query);
    if (reply === undefined) return Promise.resolve([]);
    const answers = decode(reply).answers ?? [];
    return Promise.resolve(
      answers.flatMap((answer) =>
        answer.type === type ? [{ address: answer.data, ttlSeconds: answer.ttl ?? 60 }] : [],
      ),
    );
  };
}
