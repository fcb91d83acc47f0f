import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder, type EdgeProcess } from '../lab/demo/edge-process.ts';
import type { LabRouter } from '../lab/routeros/lab-router.ts';
import { seededRandom } from '../lab/routeros/random.ts';
import { PLACES, startWorld } from '../lab/world.ts';

const SUBSCRIBERS = 10_000;
const SEED = Number(process.env['DOMAIN_SEED'] ?? 20261129);
/** After so many rows that lead to the new page the process is killed, each time anew. */
const KILLS = [40, 1500, 3000];
/** One subscriber is looked at through the router after so many commands, and whoever was just written. */
const LOOK_EVERY = 100;
const OLD = { domain: 'clientes.example.net', address: PLACES.portal };
const NEW = { domain: 'pagos.example.net', address: '198.51.100.11' };
const WIDE = 1_000_000;
const ACCESS = '/ip/proxy/access';

test(
  'I4 I7: a domain change with 10 000 pages, killed in the middle again and again, leaves nobody without a page that he reaches',
  { timeout: 400_000 },
  async () => {
    const random = seededRandom(SEED);
    const { router, folder } = await scene();
    let edge = await folder.start();
    await desire(edge.api, router);
    const pages = new Set(peopleIds().filter((id) => !id.startsWith('open')));
    expect(hostsOf(router)).toEqual({ [OLD.domain]: SUBSCRIBERS });

    const looks = lookOn(router, pages, random);
    const put = await edge.api.send('PUT', '/v1/portal', {
      domain: NEW.domain,
      cnameTargets: [],
      addresses: [],
      walledGarden: [],
    });
    expect(put.status).toBe(202);
    const id = String(put.body['id']);
    for (const rows of KILLS) {
      await writtenAnew(router, rows);
      await edge.kill();
      looks.process('down');
      edge = await folder.start();
      looks.process('up');
    }
    const running = edge;
    onTestFinished(async () => {
      await running.stop();
    });

    // Whoever pays meanwhile is back at once, and has a page no more.
    const taken: number[] = [];
    await writtenAnew(router, 50);
    for (const paid of Array.from({ length: 8 }, (_, at) => `cut${at * 600 + 7}`)) {
      pages.delete(paid);
      const from = performance.now();
      const { body } = await edge.api.send('DELETE', `/v1/subscribers/${paid}/cutoff`, undefined, {
        prefer: 'wait=20',
      });
      expect(body['state']).toBe('verified');
      taken.push(performance.now() - from);
    }
    const done = await settled(edge, id);
    looks.stop();

    expect(done).toMatchObject({ state: 'verified', result: { total: SUBSCRIBERS, done: SUBSCRIBERS } });
    expect(hostsOf(router)).toEqual({ [NEW.domain]: SUBSCRIBERS - taken.length });
    expect(doubles(router)).toEqual([]);
    expect(looks.faults).toEqual([]);
    expect(looks.seen.get(OLD.domain) ?? 0).toBeGreaterThan(20);
    expect(looks.seen.get(NEW.domain) ?? 0).toBeGreaterThan(50);
    expect(Math.max(...taken)).toBeLessThan(2000);
    const report = await reportOf(edge.api, id);
    expect(report.size).toBe(SUBSCRIBERS);
    expect([...report.values()].filter(({ state }) => state === 'verified')).toHaveLength(SUBSCRIBERS - taken.length);
    // Each was led to the old page when it began, however often the process died since.
    expect([...report.values()].filter(({ from }) => from?.includes(OLD.domain) !== true)).toEqual([]);
    expect(report.get('cut7')).toMatchObject({ state: 'ended' });
    expect(report.get('cut8')).toMatchObject({ to: `https://${NEW.domain}/aviso/cutoff/cut8/`, router: 'r0' });
    expect(await progressEvents(edge.api)).toBeLessThanOrEqual(11);
  },
);

async function scene(): Promise<{ router: LabRouter; folder: ReturnType<typeof edgeFolder> }> {
  const world = await startWorld({ routers: [{ id: 'r0', version: '7.24', preset: 'home' }] });
  onTestFinished(() => world.close());
  world.dns.zones.a(NEW.domain, [NEW.address]);
  const router = world.router('r0');
  const folder = edgeFolder('domain', {
    brake: { percent: 100, count: WIDE, floor: WIDE, siteCount: WIDE },
    portal: { domain: OLD.domain, cnameTargets: [world.cnameTarget], resolvers: [`127.0.0.1:${world.dns.port}`] },
    routers: [
      {
        id: 'r0',
        host: router.host,
        port: router.port,
        tls: false,
        user: 'edge',
        password: { file: 'router.password' },
      },
    ],
  });
  router.setPassword('edge', folder.routerPassword);
  onTestFinished(() => {
    folder.remove();
  });
  return { router, folder };
}

/** Half are cut, half have a notice, and some have neither. */
function peopleIds(): readonly string[] {
  return Array.from({ length: SUBSCRIBERS + 100 }, (_, at) => {
    if (at >= SUBSCRIBERS) return `open${at}`;
    return at < SUBSCRIBERS / 2 ? `cut${at}` : `due${at}`;
  });
}

function addressOf(id: string): string {
  const at = Number(/\d+$/.exec(id)?.[0]);
  return `100.${66 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
}

async function desire(api: Api, router: LabRouter): Promise<void> {
  const subscribers = peopleIds().map((id) => ({
    id,
    name: id,
    router: 'r0',
    addresses: [addressOf(id)],
    ...(id.startsWith('cut') ? { cutoff: { reason: 'no payment' } } : {}),
    ...(id.startsWith('due') ? { notices: { 'payment-due': {} } } : {}),
  }));
  const body = { generation: 1, takenAt: new Date().toISOString(), subscribers };
  const { body: done } = await api.send('PUT', '/v1/desired-state', body, { prefer: 'wait=120' });
  expect(done['state']).toBe('verified');
  // Cuts are held as long as the portal's addresses are not known.
  while (hostsOf(router)[OLD.domain] !== SUBSCRIBERS)
    await api.send('POST', '/v1/routers/r0/reconcile', undefined, { prefer: 'wait=60' });
}

interface Looks {
  readonly faults: readonly string[];
  /** How often a page of each host was seen. */
  readonly seen: ReadonlyMap<string, number>;
  /** The process died or came back: everybody's page stands meanwhile. */
  process(what: string): void;
  stop(): void;
}

/** Asks for a page as a subscriber would, through the router's rules, while it is written to. */
function lookOn(router: LabRouter, pages: ReadonlySet<string>, random: () => number): Looks {
  const faults: string[] = [];
  const seen = new Map<string, number>();
  let looks = 0;
  const look = (id: string, when: string): void => {
    const source = addressOf(id);
    const ask = { source, protocol: 'tcp' } as const;
    const { proxy } = router.probe({
      ...ask,
      destination: PLACES.site,
      destinationPort: 80,
      http: { host: 'example.test' },
    });
    const host = URL.canParse(proxy?.location ?? '') ? new URL(proxy?.location ?? '').hostname : '';
    const place = [OLD, NEW].find(({ domain }) => domain === host);
    if (place === undefined) {
      faults.push(`${when}: ${id} is shown ${JSON.stringify(proxy)}`);
      return;
    }
    seen.set(host, (seen.get(host) ?? 0) + 1);
    for (const destinationPort of [80, 443]) {
      const { verdict } = router.probe({ ...ask, destination: place.address, destinationPort });
      if (verdict !== 'accepted') faults.push(`${when}: ${id} is led to ${host}, port ${destinationPort}: ${verdict}`);
    }
    looks += 1;
    if (looks % 10 !== 1) return;
    if (
      router.table('/ip/firewall/address-list').find({ list: 'server_wisphub', address: place.address }) === undefined
    )
      faults.push(`${when}: ${id} is led to ${host}, which is not in the list`);
  };
  const one = (): string => {
    const all = [...pages];
    return all[Math.floor(random() * all.length)] ?? '';
  };
  let commands = 0;
  let written = 0;
  const stop = router.onCommand((request) => {
    commands += 1;
    const isWritten = request.path === `${ACCESS}/set` || request.path === `${ACCESS}/remove`;
    if (isWritten) written += 1;
    const when = `after command ${commands} (${request.path})`;
    if (commands % LOOK_EVERY === 0) look(one(), when);
    if (isWritten && written % LOOK_EVERY === 1) {
      const row = router.table(ACCESS).find({ '.id': request.attributes.get('numbers') ?? '' });
      const id = (row?.['comment'] ?? '').split(':')[2];
      if (id !== undefined && pages.has(id)) look(id, when);
    }
  });
  return {
    faults,
    seen,
    process(what) {
      for (let times = 0; times < 5; times += 1) look(one(), `the process is ${what}`);
    },
    stop,
  };
}

/** Resolves when so many more rows lead to the new page. */
async function writtenAnew(router: LabRouter, rows: number): Promise<void> {
  let left = rows;
  await new Promise<void>((resolve) => {
    const stop = router.onCommand((request) => {
      if (!request.path.startsWith(ACCESS) || request.attributes.get('action-data')?.includes(NEW.domain) !== true)
        return;
      left -= 1;
      if (left > 0) return;
      stop();
      resolve();
    });
  });
}

async function settled({ api }: EdgeProcess, id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { body } = await api.send('GET', `/v1/operations/${id}`);
    if (body['state'] === 'verified' || body['state'] === 'failed') return body;
    // On the server's side: a reconcile is verified only once nothing is left to write.
    await api.send('POST', '/v1/routers/r0/reconcile', undefined, { prefer: 'wait=60' });
  }
}

/** How many of our rows lead to each host. */
function hostsOf(router: LabRouter): Readonly<Record<string, number>> {
  const hosts: Record<string, number> = {};
  for (const row of router.table(ACCESS).rows()) {
    if (row['action-data'] === undefined || row['comment']?.startsWith('wisp-edge:') !== true) continue;
    const { hostname } = new URL(row['action-data']);
    hosts[hostname] = (hosts[hostname] ?? 0) + 1;
  }
  return hosts;
}

function doubles(router: LabRouter): readonly string[] {
  const places = ['/ip/firewall/address-list', ACCESS].flatMap((menu) =>
    router
      .table(menu)
      .rows()
      .filter((row) => row['comment']?.startsWith('wisp-edge:') === true)
      .map((row) => [menu, row['list'], row['address'] ?? row['src-address'], row['action']].join(' ')),
  );
  const seen = new Set<string>();
  return places.filter((place) => {
    const isDouble = seen.has(place);
    seen.add(place);
    return isDouble;
  });
}

interface Reported {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly state: string;
}

async function reportOf(api: Api, operation: string): Promise<ReadonlyMap<string, Reported>> {
  const found = new Map<string, Reported>();
  let after = '';
  do {
    const { body } = await api.send('GET', `/v1/operations/${operation}/subscribers?limit=500${after}`);
    const items = Array.isArray(body['items']) ? body['items'].filter(isReported) : [];
    for (const item of items) found.set(item.id, item);
    after = typeof body['next'] === 'string' ? `&after=${body['next']}` : '';
  } while (after !== '');
  return found;
}

function isReported(value: unknown): value is Reported {
  return typeof value === 'object' && value !== null && 'id' in value && 'from' in value && 'to' in value;
}

async function progressEvents(api: Api): Promise<number> {
  let count = 0;
  let after = 0;
  for (;;) {
    const { body } = await api.send('GET', `/v1/events?limit=500&after=${after}`);
    const items: readonly unknown[] = Array.isArray(body['items']) ? body['items'] : [];
    if (items.length === 0) return count;
    for (const item of items) {
      if (typeof item !== 'object' || item === null) continue;
      if ('type' in item && item.type === 'operation.progress') count += 1;
      if ('seq' in item && typeof item.seq === 'number') after = item.seq;
    }
  }
}
