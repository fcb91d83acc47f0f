import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder, type EdgeProcess } from '../lab/demo/edge-process.ts';
import type { LabRouter } from '../lab/routeros/lab-router.ts';
import { seededRandom } from '../lab/routeros/random.ts';
import { PLACES, startWorld } from '../lab/world.ts';

/** SIGKILL this often, at a moment counted in router commands, so that a seed finds it again. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 25);
const SUBSCRIBERS = 500;
const SEED = Number(process.env['CRASH_SEED'] ?? 20261122);
const WIDE = 1_000_000;

/** A request not yet acknowledged, and what the cut subscribers are once it is. Sent again after a crash, as a central would. */
interface Instruction {
  readonly method: 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly after: ReadonlySet<string>;
}

test(
  `I7 I10 I4: kill -9 at ${KILLS} moments of a ${SUBSCRIBERS}-subscriber change, router faults meanwhile, ends in the acknowledged state`,
  { timeout: 900_000 },
  async () => {
    const random = seededRandom(SEED);
    const { router, folder } = await scene();
    const outages = watchPortal(router);
    let cut: ReadonlySet<string> = new Set();
    let pending: Instruction | null = null;
    let generation = 0;

    for (let kill = 0; kill < KILLS; kill += 1) {
      router.faults.random(Math.floor(random() * 1e9), {
        reset: 0.0005,
        close: 0.0005,
        hang: 0.0002,
        fatal: 0.0003,
        'half-sentence': 0.0003,
      });
      const edge = await folder.start();
      const killing = killAfter(router, edge, 1 + Math.floor(random() * 900));
      generation += 1;
      const instructions = instructionsOf(generation, random, () => cut);
      while (!killing.isDone()) {
        pending ??= instructions.next().value;
        if (!(await isAcknowledged(edge.api, pending))) break;
        cut = pending.after;
        pending = null;
      }
      killing.now();
      await killing.done;
    }

    router.faults.clear();
    const edge = await folder.start();
    onTestFinished(async () => {
      await edge.stop();
    });
    if (pending !== null) {
      expect(await isAcknowledged(edge.api, pending)).toBe(true);
      cut = pending.after;
    }
    await converge(edge.api);
    expect(cutOnRouter(router)).toEqual([...cut].sort());
    expect(ourPlaces(router).filter((place, at, all) => all.indexOf(place) !== at)).toEqual([]);
    expect(await openOperations(edge.api, folder.token)).toBe(0);
    expect(outages()).toEqual([]);
  },
);

async function scene(): Promise<{ router: LabRouter; folder: ReturnType<typeof edgeFolder> }> {
  const world = await startWorld({ routers: [{ id: 'r0', version: '7.24', preset: 'home' }] });
  onTestFinished(() => world.close());
  const router = world.router('r0');
  const folder = edgeFolder('crash', {
    brake: { percent: 100, count: WIDE, floor: WIDE, siteCount: WIDE },
    portal: { domain: world.domain, cnameTargets: [world.cnameTarget], resolvers: [`127.0.0.1:${world.dns.port}`] },
    commandTimeoutSeconds: 1,
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

/** A new desired state for everybody, then single cuts and restores without end. */
function* instructionsOf(
  generation: number,
  random: () => number,
  current: () => ReadonlySet<string>,
): Generator<Instruction, never> {
  const ids = Array.from({ length: SUBSCRIBERS }, (_, number) => `s${number}`);
  const cut = new Set(ids.filter(() => random() < 0.5));
  const subscribers = ids.map((id, number) => ({
    id,
    name: id,
    router: 'r0',
    addresses: [addressOf(number)],
    ...(cut.has(id) ? { cutoff: { reason: 'crash test' } } : {}),
  }));
  const takenAt = new Date().toISOString();
  yield { method: 'PUT', path: '/v1/desired-state', body: { generation, takenAt, subscribers }, after: cut };
  for (;;) {
    const path = `/v1/subscribers/s${Math.floor(random() * SUBSCRIBERS)}/cutoff`;
    const id = path.split('/')[3] ?? '';
    const after = new Set(current());
    if (random() < 0.5) {
      after.add(id);
      yield { method: 'PUT', path, body: { reason: 'single' }, after };
    } else {
      after.delete(id);
      yield { method: 'DELETE', path, after };
    }
  }
}

function addressOf(number: number): string {
  return `100.66.${number >> 8}.${number & 255}`;
}

/** False when the process died under the request: whether it was done is then unknown, and it is sent again. */
async function isAcknowledged(api: Api, { method, path, body }: Instruction): Promise<boolean> {
  try {
    const { status, body: answer } = await api.send(method, path, body);
    if (status !== 202) throw new RangeError(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return true;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return false;
  }
}

interface Killing {
  readonly done: Promise<void>;
  isDone(): boolean;
  /** Now, if it has not happened yet. */
  now(): void;
}

function killAfter(router: LabRouter, edge: EdgeProcess, commands: number): Killing {
  const state = { left: commands, isDone: false };
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  const kill = (): void => {
    if (state.isDone) return;
    state.isDone = true;
    stop();
    void edge.kill().then(resolve);
  };
  const stop = router.onCommand(() => {
    state.left -= 1;
    if (state.left <= 0) kill();
  });
  return { done, isDone: () => state.isDone, now: kill };
}

/** After every tenth command: is the portal reachable for some cut subscriber? */
function watchPortal(router: LabRouter): () => readonly string[] {
  const outages: string[] = [];
  let seen = 0;
  const stop = router.onCommand((request) => {
    seen += 1;
    if (seen % 10 !== 0) return;
    const source = router.table('/ip/firewall/address-list').find({ list: 'Moroso' })?.['address'];
    if (source === undefined) return;
    for (const destinationPort of [80, 443]) {
      const { verdict, by } = router.probe({ source, destination: PLACES.portal, protocol: 'tcp', destinationPort });
      if (verdict !== 'accepted')
        outages.push(`${request.path}: ${source} to port ${destinationPort} ${verdict} by ${by.join(' > ')}`);
    }
  });
  onTestFinished(() => {
    stop();
  });
  return () => outages;
}

async function converge(api: Api): Promise<void> {
  const { status, body } = await api.send('POST', '/v1/routers/r0/reconcile', undefined, { prefer: 'wait=60' });
  expect({ status, state: body['state'] }).toEqual({ status: 200, state: 'verified' });
}

function cutOnRouter(router: LabRouter): readonly string[] {
  return router
    .table('/ip/firewall/address-list')
    .rows()
    .filter((row) => row['list'] === 'Moroso' && row['disabled'] !== 'true')
    .map((row) => (row['comment'] ?? '').replace('wisp-edge:cutoff:', ''))
    .sort();
}

/** Where our rows stand; the same place twice is a duplicate. */
function ourPlaces(router: LabRouter): readonly string[] {
  return ['/ip/firewall/address-list', '/ip/proxy/access', '/ip/firewall/nat', '/ip/firewall/filter'].flatMap((menu) =>
    router
      .table(menu)
      .rows()
      .filter((row) => row['comment']?.startsWith('wisp-edge:') === true)
      .map((row) => [menu, row['comment'], row['list'], row['address'] ?? row['src-address']].join(' ')),
  );
}

async function openOperations(api: Api, token: string): Promise<number> {
  const response = await fetch(new URL('/metrics', api.url), {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  });
  const text = await response.text();
  return [...text.matchAll(/^wisp_edge_operations\{state="(received|planned|applied)"\} (\d+)$/gm)].reduce(
    (sum, match) => sum + Number(match[2]),
    0,
  );
}
