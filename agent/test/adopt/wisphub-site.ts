import { onTestFinished } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { WISPHUB_CLIENTS, WISPHUB_LISTS, type WisphubClient } from '../../../lab/routeros/wisphub.ts';
import type { RouterVersion } from '../../../lab/routeros/dialect.ts';
import type { AgentConfig, RouterConfig } from '../../../schemas/config/agent.ts';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import type { RouterSettings } from '../../core/settings.ts';
import { settingsOf } from '../../from-config.ts';
import { LISTS, PORTAL_ADDRESS, ROUTER_PASSWORD, scene, type Scene, type SceneOptions } from '../worker/harness.ts';

export const FOREIGN_HOST = '93.184.216.34';

/** Of a configuration that says as little as it may; each router of it is assisted. */
const CONFIG: AgentConfig = {
  lists: LISTS,
  brake: { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 },
  alwaysReachable: [],
  notices: { backend: 'web-proxy', port: 999, url: 'https://{domain}/aviso/{kind}/{subscriber}/', seenMinutes: 1440 },
  portal: {
    domain: 'clientes.example.net',
    cnameTargets: [],
    addresses: [],
    resolvers: [],
    walledGarden: [],
    gardenForward: false,
    adminHosts: [],
    checksBeforeSwitch: 3,
  },
  routers: [],
  reconcileEverySeconds: 60,
  commandTimeoutSeconds: 10,
  doctor: { at: false },
};
const ROUTER: RouterConfig = {
  id: 'r0',
  host: '127.0.0.1',
  tls: false,
  user: 'edge',
  password: { env: 'UNUSED' },
  driver: 'native',
  mode: 'assist',
  redirect: 'auto',
};

/** What such a router is told, as the agent reads it from a configuration. */
export function assisted(router: Partial<RouterConfig>): Partial<RouterSettings> {
  const { mode, lists, adoptsPortalList = false } = settingsOf(CONFIG, { ...ROUTER, ...router }, []);
  return { mode, lists, adoptsPortalList };
}

/** A router that WispHub set up, assisted, and everybody whom the preset knows as its panel has him. */
export async function wisphubScene(
  version: RouterVersion,
  {
    config = {},
    before,
    ...over
  }: SceneOptions & {
    readonly config?: Partial<RouterConfig>;
    /** What else stands on the router before it is looked at for the first time. */
    readonly before?: (router: LabRouter) => void;
  } = {},
): Promise<Scene> {
  const found = await scene({
    ...over,
    router: {
      version,
      preset: 'wisphub',
      users: [{ name: 'edge', password: ROUTER_PASSWORD }],
      resolveName: (name, family) =>
        Promise.resolve(
          name === 'clientes.example.net' && family === 4 ? [{ address: PORTAL_ADDRESS, ttlSeconds: 3600 }] : [],
        ),
      ...over.router,
    },
    settings: { ...assisted(config), ...over.settings },
  });
  before?.(found.router);
  await found.router.namesSettled();
  await found.settled(await found.snapshot(1, wisphubDesiredState()));
  return found;
}

/** Address and id of the many whom `addWisphubCuts` adds: `m0` on. */
export function manyClients(count: number): readonly { readonly id: string; readonly address: string }[] {
  return Array.from({ length: count }, (_, at) => ({ id: `m${at}`, address: `100.70.${at >> 8}.${at & 255}` }));
}

/** So many more whom WispHub has cut: a row of the list and a page each. */
export function addWisphubCuts(router: LabRouter, count: number): void {
  for (const { id, address } of manyClients(count)) {
    router
      .table('/ip/firewall/address-list')
      .add({ list: WISPHUB_LISTS.cutoff, address, comment: id }, { force: true });
    const url = `clientes.example.net/landing/mi-isp/aviso-corte/${id}@mi-isp/${id}/`;
    const page = { 'src-address': address, 'local-port': '999', action: 'redirect', 'action-data': url };
    router.table('/ip/proxy/access').add({ ...page, comment: `${id}-Moroso` }, { force: true });
  }
}

/** Everybody whom the preset knows, as its panel has him. */
export function wisphubDesiredState(): readonly SubscriberState[] {
  return WISPHUB_CLIENTS.map(stateOf);
}

function stateOf({ id, name, address, state }: WisphubClient): SubscriberState {
  return {
    id,
    name,
    router: 'r0',
    addresses: [address],
    ...(state === 'cut' ? { cutoff: { reason: 'suspendido' } } : {}),
    ...(state === 'reminder' ? { notices: { 'payment-due': {} } } : {}),
  };
}

/** What a client can do at this moment. */
export interface Reach {
  readonly http: boolean;
  readonly https: boolean;
  readonly portalHttp: boolean;
  readonly portalHttps: boolean;
}

/** A new connection to a foreign host, or to the portal, as the router's rules decide about it. */
export function reachOf(router: LabRouter, source: string): Reach {
  const to = (destination: string, destinationPort: number): boolean => {
    const http = { host: 'example.com' };
    const asked = { source, destination, destinationPort, ...(destinationPort === 80 ? { http } : {}) };
    const { verdict, proxy } = router.probe({ ...asked, protocol: 'tcp' });
    return verdict === 'accepted' || (verdict === 'proxied' && proxy?.kind === 'allow');
  };
  return {
    http: to(FOREIGN_HOST, 80),
    https: to(FOREIGN_HOST, 443),
    portalHttp: to(PORTAL_ADDRESS, 80),
    portalHttps: to(PORTAL_ADDRESS, 443),
  };
}

/**
 * Looks at every client after every command of the router. Who is cut may only lose what he should not have had, and in
 * `back` only gain what he had before we came; who is active browses; the portal is reached by all.
 */
export class Watch {
  readonly harm: string[] = [];
  readonly #router: LabRouter;
  readonly #before: ReadonlyMap<string, Reach>;
  readonly #last = new Map<string, Reach>();
  #direction: 'adopt' | 'back' = 'adopt';
  commands = 0;

  constructor(router: LabRouter) {
    this.#router = router;
    this.#before = new Map(WISPHUB_CLIENTS.map(({ id, address }) => [id, reachOf(router, address)]));
    onTestFinished(
      router.onCommand((request) => {
        this.commands += 1;
        this.look(request.path);
      }),
    );
  }

  handBack(): void {
    this.#direction = 'back';
    this.#last.clear();
  }

  look(after: string): void {
    for (const client of WISPHUB_CLIENTS) {
      const reach = reachOf(this.#router, client.address);
      const last = this.#last.get(client.id) ?? reach;
      for (const text of this.#harmsOf(client, reach, last)) this.harm.push(`after ${after}: ${client.name} ${text}`);
      this.#last.set(client.id, reach);
    }
    if (this.#isProxyOpen()) this.harm.push(`after ${after}: the proxy is open to the internet`);
  }

  #harmsOf({ id, state }: WisphubClient, now: Reach, last: Reach): readonly string[] {
    const before = this.#before.get(id) ?? now;
    const found: string[] = [];
    if (!now.portalHttp || !now.portalHttps) found.push(`does not reach the portal ${JSON.stringify(now)}`);
    for (const way of ['http', 'https'] as const) {
      if (state === 'active' && !now[way]) found.push(`is cut on ${way}`);
      if (state !== 'cut') continue;
      const mayBrowse = this.#direction === 'adopt' ? last[way] && before[way] : before[way];
      if (now[way] && !mayBrowse) found.push(`browses ${way}`);
    }
    // A reminder of WispHub's blocks https; ours never does, and while it is taken over nothing gets worse.
    if (state === 'reminder') {
      if (this.#direction === 'adopt' && last.https && !now.https) found.push('is blocked again on https');
      if (now.http) found.push('sees no reminder on http');
    }
    return found;
  }

  #isProxyOpen(): boolean {
    const asked = { source: '192.0.2.9', destination: '203.0.113.2', destinationPort: 999, isWan: true } as const;
    return this.#router.probe({ ...asked, protocol: 'tcp' }).verdict === 'proxied';
  }
}

/**
 * Ends the agent at every write of the router, answered or not, and starts another one, which knows what store and router
 * hold. Gives how often.
 */
export function killAtEveryWrite({ router, restart }: Scene): () => Promise<number> {
  let kills = 0;
  let restarting: Promise<void> = Promise.resolve();
  const stop = router.onCommand(({ path }) => {
    if (!/\/(add|set|move|remove)$/.test(path)) return;
    kills += 1;
    restarting = restarting.then(() => restart());
  });
  return async () => {
    stop();
    await restarting;
    return kills;
  };
}

/** Every row that a person could see, in its order, without ids; lists, where order means nothing, sorted. */
export function rowsWithoutIds(router: LabRouter): unknown {
  const entries = Object.entries(router.snapshot())
    .filter(([menu]) => /^\/(ip|ipv6)\/(firewall|proxy)/.test(menu))
    .map(([menu, rows]) => {
      const texts = rows.map((row) =>
        JSON.stringify(
          Object.entries(row)
            .filter(([name]) => name !== '.id' && name !== 'creation-time')
            .sort(),
        ),
      );
      return [menu, menu.endsWith('address-list') ? texts.sort() : texts];
    });
  return Object.fromEntries(entries) as unknown;
}
