import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Internet, type Caller } from '../../../lab/internet.ts';
import { learnFromRequest } from '../../../lab/leaks/learn.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../../lab/routeros/router.ts';
import { leakWatch, watchedLog } from '../../../lab/test/watched.ts';
import type { Brake } from '../../../schemas/config/agent.ts';
import { isSettled, type Operation, type OperationState } from '../../../schemas/operation.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Subscriber, SubscriberState } from '../../../schemas/subscriber.ts';
import type { AcceptResult, Intent, JournalEntry } from '../../../store/ports.ts';
import { openStore, type Store } from '../../../store/sqlite/open.ts';
import { systemClock } from '../../adapters/clock.ts';
import { makeProbes } from '../../adapters/doctor/probes.ts';
import { routerConnector, type DriverName } from '../../adapters/routeros/connect.ts';
import { CentralWatch } from '../../central-watch.ts';
import { SiteDesk } from '../../site-desk.ts';
import type { Backend, RouterSettings } from '../../core/settings.ts';
import type { DoctorProbes } from '../../doctor/ports.ts';
import { NoticeServer } from '../../notice-server/desk.ts';
import { noteRestore } from '../../notice-server/from-store.ts';
import type { Clock, RouterTarget } from '../../ports.ts';
import { RouterWorker } from '../../router-worker.ts';
import type { WorkerDeps } from '../../worker-deps.ts';

/** Of `edge`, and of every other user of a test's router. */
export const ROUTER_PASSWORD = 'Vw4-nKq8sT2x';
export const PORTAL_ADDRESS = '198.51.100.10';
export const LISTS = {
  cutoff: 'Moroso',
  notice: 'Aviso',
  portal: 'server_wisphub',
  always: 'wisp-edge-always',
  once: 'wisp-edge-once',
  seen: 'wisp-edge-seen',
};
export const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: LISTS,
  backend: { kind: 'web-proxy' },
  port: 999,
  url: 'https://{domain}/aviso/{kind}/{subscriber}/',
  seenMinutes: 60,
  redirect: 'auto',
};
/** Where the routers of a test lead subscribers to with the notice-server back-end; in no network of theirs. */
export const LISTENER = { address: '198.51.100.99', port: 8480 } as const;
export const BACKENDS = {
  'web-proxy': { kind: 'web-proxy' },
  'notice-server': { kind: 'notice-server', ...LISTENER },
} as const satisfies Readonly<Record<Backend['kind'], Backend>>;
export type BackendName = keyof typeof BACKENDS;
const OPEN_BRAKE: Brake = { percent: 100, count: 1_000_000, floor: 1_000_000, siteCount: 1_000_000, windowMinutes: 60 };

const LAB_ROUTER: LabRouterOptions = {
  version: '7.24',
  preset: 'home',
  users: [{ name: 'edge', password: ROUTER_PASSWORD }],
};

export interface SceneOptions {
  readonly router?: LabRouterOptions;
  readonly brake?: Brake;
  readonly driver?: DriverName;
  readonly settings?: Partial<RouterSettings>;
  readonly commandTimeoutMs?: number;
  readonly portalAddresses?: readonly string[];
  readonly clock?: Clock;
  /** Pause between passes; default a minute, so that only what wakes the worker moves it on. */
  readonly reconcileEveryMs?: number;
  /** Told of passes that found all as it was; see `WorkerDeps`. */
  readonly onSettled?: NonNullable<WorkerDeps['onSettled']>;
  /** How long the central platform may be silent, ms; left out: there is none to hear from. */
  readonly staleAfterMs?: number;
  /** What gives the notice page; default the web proxy. */
  readonly backend?: BackendName;
  readonly probes?: DoctorProbes;
  /** How the worker reaches its router, where it is not the plain API as `edge`. */
  readonly target?: (lab: LabRouter) => Partial<RouterTarget>;
}

/** A lab router, a store with two connections (control's and the agent's), and a worker between them. */
export interface Scene {
  readonly router: LabRouter;
  readonly store: Store;
  /** What lies behind the router; our page server is at `LISTENER`. */
  readonly internet: Internet;
  /** Our page server, with a real socket; opened where the back-end is `notice-server`. */
  readonly notices: NoticeServer;
  readonly worker: RouterWorker;
  readonly accept: (intent: Intent) => Promise<AcceptResult>;
  /** Accepts and gives the operation's id, without waiting. */
  readonly ask: (intent: Intent) => Promise<string>;
  readonly put: (id: string, over?: Partial<Subscriber>) => Promise<void>;
  /** Accepts and waits until the operation is settled. */
  readonly settle: (intent: Intent) => Promise<Operation>;
  readonly settled: (operation: string) => Promise<Operation>;
  /** Waits, from one change of the store to the next, until the operation is in this state. */
  readonly reached: (operation: string, state: OperationState) => Promise<void>;
  /** Waits until the store says so. */
  readonly eventually: (is: () => Promise<boolean>) => Promise<void>;
  readonly snapshot: (generation: number, rows: readonly SubscriberState[], expectedCuts?: number) => Promise<string>;
  /** Waits for a full pass that began after now and found nothing to write. */
  readonly converged: () => Promise<void>;
  /** What looks at the central link now and then. */
  readonly central: CentralWatch | undefined;
  /** Another router of the site, with a worker of its own. */
  readonly addRouter: (id: string, options?: LabRouterOptions) => Promise<LabRouter>;
  /** Ends the worker and starts a new one, which knows only what store and router hold. */
  readonly restart: (settings?: Partial<RouterSettings>) => Promise<void>;
}

export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const watch = leakWatch();
  watch.learn('the password of the router', ROUTER_PASSWORD);
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-agent-'));
  const internet = options.router?.internet ?? new Internet();
  const router = await startLabRouter({ ...LAB_ROUTER, ...options.router, internet });
  // The network of the page server: the router masquerades only what leaves by its WAN.
  router.table('/ip/address').add({ address: '198.51.100.97/28', interface: 'ether2' }, { force: true });
  const file = join(folder, 'store.db');
  const store = openStore({ file, site: 'lab' });
  const agentStore = openStore({ file, site: 'lab' });
  const stop = new AbortController();
  const at = (options.clock ?? systemClock).now();
  const addresses = options.portalAddresses ?? [PORTAL_ADDRESS];
  await agentStore.agent.recordPortalAddresses(
    at,
    addresses.map((address) => ({ address, host: 'clientes.example.net', use: 'portal', firstSeen: at, lastSeen: at })),
  );
  const log = watchedLog(watch);
  const backend = options.backend ?? 'web-proxy';
  const callers = new Map<string, string>();
  const notices = new NoticeServer({
    clock: options.clock ?? systemClock,
    random: () => 0,
    log,
    addressOf: ({ remoteAddress = '' }) => callers.get(remoteAddress),
  });
  if (backend === 'notice-server') await notices.listen({ host: '127.0.0.1', port: 0 });
  // Every subscriber dials from an address of 127.0.0.0/8 of his own, which stands for the one the far end would see.
  const dialFrom = ({ source }: Caller): string => {
    const local = source.replace(/^\d+/, '127');
    callers.set(local, source);
    return local;
  };
  if (notices.port !== null) internet.local(LISTENER.address, LISTENER.port, { port: notices.port, dialFrom });
  const central =
    options.staleAfterMs === undefined
      ? undefined
      : new CentralWatch({
          store: agentStore.agent,
          staleAfterMs: options.staleAfterMs,
          clock: options.clock ?? systemClock,
          log,
        });
  await central?.look();
  const routers: string[] = ['r0'];
  const desk = new SiteDesk();
  const depsOf = (id: string, lab: LabRouter, settings: Partial<RouterSettings> = {}): WorkerDeps => ({
    target: {
      id,
      host: lab.host,
      port: lab.port,
      tls: { kind: 'plain' },
      user: 'edge',
      password: new Secret(ROUTER_PASSWORD),
      ...options.target?.(lab),
    },
    settings: { ...SETTINGS, router: id, backend: BACKENDS[backend], ...options.settings, ...settings },
    limits: options.brake ?? OPEN_BRAKE,
    portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] },
    reconcileEveryMs: options.reconcileEveryMs ?? 60_000,
    commandTimeoutMs: options.commandTimeoutMs ?? 5000,
    connect: routerConnector(options.driver ?? 'native'),
    probes: options.probes ?? makeProbes(),
    resolve: null,
    store: agentStore.agent,
    siteRouters: () => routers,
    desk,
    ...(options.onSettled === undefined ? {} : { onSettled: options.onSettled }),
    central,
    clock: options.clock ?? systemClock,
    random: () => 0,
    notices,
    log,
  });
  const workers = new Map([['r0', new RouterWorker(depsOf('r0', router))]]);
  const others: LabRouter[] = [];
  let cursor = await agentStore.agent.head();
  const watching = agentStore.agent.watch(5, stop.signal, () => {
    void agentStore.agent.entriesAfter(cursor, 10_000).then((entries) => {
      for (const entry of entries) {
        if (entry.seq <= cursor) continue;
        cursor = entry.seq;
        noteRestore(notices.book, entry);
        if (!isNews(entry)) continue;
        for (const [id, worker] of workers) if (entry.router === null || entry.router === id) worker.wake(entry);
      }
    });
  });
  onTestFinished(async () => {
    stop.abort();
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
    await watching.catch(() => undefined);
    await notices.close();
    await Promise.all([router, ...others].map((lab) => lab.close()));
    internet.close();
    store.close();
    agentStore.close();
    watch.lookAtFiles(folder, () => false);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const worker of workers.values()) worker.start();

  let number = 0;
  const accept = (intent: Intent): Promise<AcceptResult> => {
    number += 1;
    learnFromRequest(watch, intent.kind, intent);
    return store.control.acceptIntent(intent, {
      actor: { name: 'test', via: 'api' },
      at: (options.clock ?? systemClock).now(),
      operation: `op-${number}`,
      routers,
    });
  };
  const ask = async (intent: Intent): Promise<string> => {
    const result = await accept(intent);
    if (result.outcome !== 'accepted' || result.operation === null)
      throw new Error(`not accepted: ${JSON.stringify(result)}`);
    return result.operation.id;
  };
  const eventually = async (is: () => Promise<boolean>): Promise<void> => {
    for (;;) {
      const head = await store.control.head();
      if (await is()) return;
      await changeAfter(store, head);
    }
  };
  const settled = async (id: string): Promise<Operation> => {
    for (;;) {
      const head = await store.control.head();
      const operation = await store.control.readOperation(id);
      watch.look('an operation', JSON.stringify(operation));
      if (operation !== null && isSettled(operation.state)) return operation;
      await changeAfter(store, head);
    }
  };
  return {
    router,
    store,
    internet,
    notices,
    central,
    get worker() {
      const worker = workers.get('r0');
      if (worker === undefined) throw new Error('no worker');
      return worker;
    },
    accept,
    ask,
    settled,
    eventually,
    async reached(id, state) {
      await eventually(async () => (await store.control.readOperation(id))?.state === state);
    },
    async addRouter(id, lab = {}) {
      const other = await startLabRouter({ ...LAB_ROUTER, ...lab });
      others.push(other);
      routers.push(id);
      const worker = new RouterWorker(depsOf(id, other));
      workers.set(id, worker);
      worker.start();
      return other;
    },
    async restart(settings) {
      await workers.get('r0')?.stop();
      const worker = new RouterWorker(depsOf('r0', router, settings));
      workers.set('r0', worker);
      worker.start();
    },
    async put(id, over = {}) {
      const result = await accept({
        kind: 'put-subscriber',
        id,
        subscriber: { name: `Sub ${id}`, router: 'r0', addresses: ['100.64.0.5'], ...over },
      });
      if (result.outcome !== 'accepted') throw new Error(`put ${id}: ${result.outcome}`);
    },
    settle: async (intent) => settled(await ask(intent)),
    async snapshot(generation, rows, expectedCuts) {
      number += 1;
      const stage = `stage-${generation}`;
      for (let from = 0; from < rows.length; from += 500)
        await store.control.stageSnapshot(stage, rows.slice(from, from + 500));
      if (rows.length === 0) await store.control.stageSnapshot(stage, []);
      const result = await store.control.switchSnapshot(
        stage,
        { generation, takenAt: Date.now(), expectedCuts: expectedCuts ?? null, hash: `hash-${generation}` },
        { actor: { name: 'test', via: 'api' }, at: Date.now(), operation: `op-${number}`, routers },
      );
      if (result.outcome === 'key-reused' || result.outcome === 'generation-mismatch') throw new Error(result.outcome);
      return result.operation.id;
    },
    async converged() {
      const done = await settled(await ask({ kind: 'reconcile', router: 'r0' }));
      if (done.state !== 'verified') throw new Error(`reconcile ended ${done.state}: ${JSON.stringify(done)}`);
    },
  };
}

async function changeAfter(store: Store, head: number): Promise<void> {
  if ((await store.control.head()) > head) return;
  const found = new AbortController();
  await store.control
    .watch(5, found.signal, (now) => {
      if (now > head) found.abort();
    })
    .catch((error: unknown) => {
      if (!found.signal.aborted) throw error;
    });
}

function isNews(entry: JournalEntry): boolean {
  return (
    ['operation.received', 'subscriber.changed', 'portal.changed'].includes(entry.type) ||
    entry.type.startsWith('central.')
  );
}
