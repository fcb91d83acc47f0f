import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type pino from 'pino';
import type { AgentConfig, RouterConfig } from '../schemas/config/agent.ts';
import { AppError, describeError } from '../schemas/app-error.ts';
import type { GardenBundle } from '../schemas/garden-bundle.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import { acquireLock } from '../store/lock.ts';
import type { JournalEntry } from '../store/ports.ts';
import { openStore } from '../store/sqlite/open.ts';
import { systemClock } from './adapters/clock.ts';
import { ringBy } from './adapters/cron.ts';
import { SiteDesk } from './site-desk.ts';
import { CentralWatch } from './central-watch.ts';
import { makeResolver } from './adapters/dns/resolver.ts';
import { routerConnector } from './adapters/routeros/connect.ts';
import { makeProbes } from './adapters/doctor/probes.ts';
import { examineRouter } from './doctor/examine-router.ts';
import { GardenDoctor } from './doctor/garden-doctor.ts';
import { Nightly } from './doctor/nightly.ts';
import { portalOf, portalRulesOf, settingsOf, targetOf, type ConfigReaders } from './from-config.ts';
import { followJournal } from './journal-feed.ts';
import { NoticeServer } from './notice-server/desk.ts';
import { noteRestore } from './notice-server/from-store.ts';
import { openNotices } from './notice-server/open.ts';
import { asksForPortal } from './portal-news.ts';
import { PortalTracker } from './portal-tracker.ts';
import { tidyAdmissions } from './tidy-admissions.ts';
import { runOnce, type OnceMode, type OnceResult } from './run-once.ts';
import { RouterTurn } from './router-turn.ts';
import { RouterWorker } from './router-worker.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** The store is asked for news this often: 1 µs a question. */
const POLL_MS = 50;
const DNS_TIMEOUT_MS = 2000;

export interface AgentOptions extends ConfigReaders {
  readonly site: string;
  readonly dataDir: string;
  readonly log: pino.Logger;
  readonly signal: AbortSignal;
  readonly config: AgentConfig;
  /** Bundles that a walled garden may name. */
  readonly bundles: readonly GardenBundle[];
  /** The host of the central platform, if the box has one: no place for subscribers. */
  readonly centralHost?: string | undefined;
  /** How long the central platform may be silent; null or left out where there is none to hear from. */
  readonly central?: CentralLink | null;
}

/** What the agent is told of the central link. */
export interface CentralLink {
  readonly staleAfterHours: number;
}

export interface RunningAgent {
  /** Ends all workers; resolves when sessions, store and lock are closed. */
  stop(): Promise<void>;
  /** Takes a new configuration: routers that changed are started anew, the others go on. */
  reload(config: AgentConfig, bundles: readonly GardenBundle[], central?: CentralLink | null): Promise<void>;
  /** Resolves when the agent has stopped; rejects if it failed. */
  readonly done: Promise<void>;
  /** True when the store answers and every router's worker advances; rejects when the store cannot be read. */
  isHealthy(): Promise<boolean>;
}

/** Starts the agent: the only place that knows its adapters. Rejects with `lock-held`, `store-*`, `secret-unreadable`. */
export function startAgent(options: AgentOptions): Promise<RunningAgent> {
  return new Promise((resolve) => {
    resolve(launch(options));
  });
}

function launch(options: AgentOptions): RunningAgent {
  const { lock, store } = openAll(options, true);
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  setMaxListeners(0, signal);
  const workers = new Map<string, { worker: RouterWorker; startPrint: string }>();
  let site = options.config.routers;
  let { bundles } = options;
  const siteRouters = (): readonly string[] => site.map(({ id }) => id);
  const desk = new SiteDesk();
  let central = startCentral(options, options.central ?? null, store.agent);
  let tracker = startTracker(options, options.config, store.agent);
  let garden = new GardenDoctor(gardenDeps(options, options.config, store.agent));
  const notices = new NoticeServer({
    clock: systemClock,
    random: Math.random,
    log: options.log.child({ daemon: 'agent' }),
    onTurn: () => {
      for (const { worker } of workers.values()) worker.ring();
    },
  });
  const startNights = (config: AgentConfig): Nightly | null => {
    const { at, timeZone } = config.doctor;
    if (at === false) return null;
    const nightly = new Nightly({
      ringBy: (onTick) => ringBy(at, timeZone, onTick),
      routers: () => [...workers].map(([id, { worker }]) => ({ id, examine: () => worker.examine() })),
      store: store.agent,
      clock: systemClock,
      random: Math.random,
      log: options.log.child({ daemon: 'agent' }),
    });
    nightly.start();
    return nightly;
  };
  let nights = startNights(options.config);

  const applyConfig = async (config: AgentConfig): Promise<void> => {
    site = config.routers;
    const now = { ...options, bundles };
    const wanted = new Map(config.routers.map((router) => [router.id, router]));
    const stopped = [...workers].filter(
      ([id, { startPrint }]) => startPrintOf(now, config, wanted.get(id)) !== startPrint,
    );
    await Promise.all(stopped.map(([, { worker }]) => worker.stop()));
    for (const [id] of stopped) workers.delete(id);
    await openNotices(notices, config, store.agent, systemClock);
    for (const router of config.routers) {
      if (workers.has(router.id)) continue;
      const worker = new RouterWorker({
        ...workerDeps(now, config, router, store.agent, siteRouters, desk),
        central: { stateOf: (contactAt) => central.stateOf(contactAt) },
        garden: { look: (until) => garden.look(until) },
        notices: notices.isOpen ? notices : undefined,
      });
      workers.set(router.id, { worker, startPrint: startPrintOf(now, config, router) });
      worker.start();
    }
  };

  const dispatch = (entry: JournalEntry): void => {
    if (asksForPortal(entry)) tracker.wake();
    noteRestore(notices.book, entry);
    for (const [id, { worker }] of workers) if (entry.router === null || entry.router === id) worker.wake(entry);
  };

  const run = async (): Promise<void> => {
    const cursor = await store.agent.head();
    // Before the first pass: a silence that nobody has begun to count is doubt, and would hold every cut.
    await central.look();
    await applyConfig(options.config);
    const tidying = tidyAdmissions(store.agent, { clock: systemClock, signal, log: options.log });
    await followJournal({
      store: store.agent,
      cursor,
      everyMs: POLL_MS,
      signal,
      onNews: dispatch,
      onFailure: (error) => {
        options.log.error({ error: describeError(error) }, 'journal not read');
      },
    });
    await tidying;
  };

  const done = run()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(async () => {
      await tracker.stop();
      await garden.stop();
      await central.stop();
      // Workers first: a round waits for the doctor that one of them may be at.
      await Promise.all([...workers.values()].map(({ worker }) => worker.stop()));
      await nights?.stop();
      await notices.close();
      store.close();
      lock?.release();
    });
  return {
    done,
    async isHealthy() {
      await store.agent.head();
      const stuck = [...workers].filter(([, { worker }]) => worker.isStuck).map(([id]) => id);
      if (stuck.length > 0) options.log.error({ routers: stuck }, 'workers do not advance');
      return stuck.length === 0;
    },
    async stop() {
      stopping.abort();
      await done;
    },
    async reload(config, now, link = null) {
      bundles = now;
      await central.stop();
      central = startCentral(options, link, store.agent);
      await central.look();
      for (const { worker } of workers.values()) worker.ring();
      await tracker.stop();
      tracker = startTracker({ ...options, bundles }, config, store.agent);
      await garden.stop();
      garden = new GardenDoctor(gardenDeps({ ...options, bundles }, config, store.agent));
      await applyConfig(config);
      await nights?.stop();
      nights = startNights(config);
      lock?.renew();
    },
  };
}

/** The lock first, for the store migrates itself; given back if the store cannot be opened. */
function openAll(
  { dataDir, site }: AgentOptions,
  isWriter: boolean,
): { readonly lock: ReturnType<typeof acquireLock> | null; readonly store: ReturnType<typeof openStore> } {
  const lock = isWriter ? acquireLock(dataDir, 'agent') : null;
  try {
    return { lock, store: openStore({ file: join(dataDir, 'wisp-edge.db'), site }) };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/**
 * One look (`plan`) or one converging run (`apply`) over the routers named, without a running agent; `apply` takes the
 * lock. The portal is asked for once; then each router is by itself, so that a dead one does not take the others with it:
 * side by side to look, one after the other to write.
 */
export async function agentOnce(
  options: AgentOptions,
  routers: readonly string[],
  mode: OnceMode,
): Promise<ReadonlyMap<string, OnceResult | { readonly error: unknown }>> {
  const { signal, config } = options;
  const { lock, store } = openAll(options, mode === 'apply');
  try {
    await new PortalTracker(trackerDeps(options, config, store.agent)).once(signal);
    const siteRouters = (): readonly string[] => config.routers.map(({ id }) => id);
    const desk = new SiteDesk();
    const link = options.central ?? null;
    const central = link === null ? undefined : new CentralWatch(centralDeps(options, link, store.agent));
    await central?.look();
    const outcomes = new Map<string, OnceResult | { readonly error: unknown }>();
    const one = async (router: RouterConfig): Promise<void> => {
      try {
        const deps = workerDeps(options, config, router, store.agent, siteRouters, desk);
        outcomes.set(router.id, await runOnce({ ...deps, central }, mode, signal));
      } catch (error) {
        outcomes.set(router.id, { error });
      }
    };
    const chosen = config.routers.filter(({ id }) => routers.includes(id));
    if (mode === 'plan') await Promise.all(chosen.map(one));
    else for (const router of chosen) await one(router);
    return outcomes;
  } finally {
    store.close();
    lock?.release();
  }
}

/** Looks one router over without a running agent, and keeps what was found. Takes the lock, for a router has one writer. */
export async function doctorOnce(options: AgentOptions, router: string, isSelfTest: boolean): Promise<DoctorReport> {
  const { lock, store } = openAll(options, true);
  try {
    const { config, signal } = options;
    await new PortalTracker(trackerDeps(options, config, store.agent)).once(signal);
    const chosen = config.routers.find(({ id }) => id === router);
    if (chosen === undefined) throw new AppError('not-found', `the configuration has no router ${router}`);
    const ids = config.routers.map(({ id }) => id);
    const deps = workerDeps(options, config, chosen, store.agent, () => ids, new SiteDesk());
    const garden = new GardenDoctor(gardenDeps(options, config, store.agent));
    const [report] = await Promise.all([
      examineRouter({ ...deps, turn: new RouterTurn(), signal }, isSelfTest),
      garden.look(signal),
    ]).finally(() => garden.stop());
    await store.agent.recordDoctor(router, report);
    return report;
  } finally {
    store.close();
    lock?.release();
  }
}

function workerDeps(
  options: AgentOptions,
  config: AgentConfig,
  router: RouterConfig,
  store: WorkerDeps['store'],
  siteRouters: WorkerDeps['siteRouters'],
  desk: SiteDesk,
): WorkerDeps {
  return {
    target: targetOf(router, options),
    settings: settingsOf(config, router, options.bundles),
    limits: config.brake,
    portal: portalOf(config),
    reconcileEveryMs: config.reconcileEverySeconds * 1000,
    commandTimeoutMs: config.commandTimeoutSeconds * 1000,
    connect: routerConnector(router.driver),
    probes: makeProbes(),
    resolve: resolverOf(config),
    store,
    siteRouters,
    desk,
    clock: systemClock,
    random: Math.random,
    log: options.log.child({ daemon: 'agent' }),
  };
}

function gardenDeps(
  options: AgentOptions,
  config: AgentConfig,
  store: WorkerDeps['store'],
): ConstructorParameters<typeof GardenDoctor>[0] {
  const probes = makeProbes();
  return {
    store,
    portal: portalOf(config),
    bundles: options.bundles,
    resolve: resolverOf(config),
    reach: (address, host, ask) => probes.reachPortal(address, host, ask),
    clock: systemClock,
    log: options.log.child({ daemon: 'agent' }),
  };
}

function trackerDeps(
  options: AgentOptions,
  config: AgentConfig,
  store: WorkerDeps['store'],
): ConstructorParameters<typeof PortalTracker>[0] {
  return {
    store,
    resolve: resolverOf(config),
    portal: portalOf(config),
    rules: portalRulesOf(config, options.centralHost ?? null),
    bundles: options.bundles,
    alwaysReachable: config.alwaysReachable,
    clock: systemClock,
    log: options.log.child({ daemon: 'agent' }),
  };
}

function resolverOf({ portal: { resolvers } }: AgentConfig): WorkerDeps['resolve'] {
  return resolvers.length === 0 ? null : makeResolver({ resolvers, timeoutMs: DNS_TIMEOUT_MS });
}

/** The central link as it is configured now; where there is none, nothing is ever stale. */
interface Central extends Pick<CentralWatch, 'stateOf' | 'look'> {
  stop(): Promise<void>;
}

function startCentral(options: AgentOptions, link: CentralLink | null, store: WorkerDeps['store']): Central {
  if (link === null) return { stateOf: () => 'none', look: () => Promise.resolve(), stop: () => Promise.resolve() };
  const stopping = new AbortController();
  const watch = new CentralWatch(centralDeps(options, link, store));
  const running = watch.run(stopping.signal);
  return {
    stateOf: (contactAt) => watch.stateOf(contactAt),
    look: () => watch.look(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function centralDeps(
  options: AgentOptions,
  { staleAfterHours }: CentralLink,
  store: WorkerDeps['store'],
): ConstructorParameters<typeof CentralWatch>[0] {
  const log = options.log.child({ daemon: 'agent' });
  return { store, clock: systemClock, staleAfterMs: staleAfterHours * 3_600_000, log };
}

function startTracker(options: AgentOptions, config: AgentConfig, store: WorkerDeps['store']): PortalTracker {
  const tracker = new PortalTracker(trackerDeps(options, config, store));
  tracker.start();
  return tracker;
}

/** What decides whether a worker must start anew on reload: its settings, and what password and CA files hold now. */
function startPrintOf(options: AgentOptions, config: AgentConfig, router: RouterConfig | undefined): string {
  if (router === undefined) return 'gone';
  const { tls, password } = targetOf(router, options);
  const bundles = config.portal.gardenForward === false ? [] : options.bundles;
  const text = JSON.stringify({ router, tls, bundles, ...config, routers: undefined });
  return createHash('sha256').update(text).update(password.reveal()).digest('hex');
}
