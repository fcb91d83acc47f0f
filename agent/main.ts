import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type pino from 'pino';
import type { AgentConfig, RouterConfig } from '../schemas/config/agent.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import { describeError } from '../schemas/app-error.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterPlan } from '../schemas/router.ts';
import type { Secret } from '../schemas/secret.ts';
import { acquireLock } from '../store/lock.ts';
import type { JournalEntry } from '../store/ports.ts';
import { openStore } from '../store/sqlite/open.ts';
import { systemClock } from './adapters/clock.ts';
import { makeResolver } from './adapters/dns/resolver.ts';
import { routerConnector } from './adapters/routeros/connect.ts';
import type { RouterSettings } from './core/settings.ts';
import { PortalTracker } from './portal-tracker.ts';
import type { RouterTarget, RouterTls } from './ports.ts';
import { runOnce, type OnceMode } from './run-once.ts';
import { RouterWorker, type WorkerDeps } from './router-worker.ts';

/** The store is asked for news this often: 1 µs a question. */
const POLL_MS = 50;
const DNS_TIMEOUT_MS = 2000;

export interface AgentOptions {
  readonly site: string;
  readonly dataDir: string;
  readonly log: pino.Logger;
  readonly signal: AbortSignal;
  readonly config: AgentConfig;
  readonly readSecret: (source: SecretSource) => Secret;
  readonly readText: (path: string) => string;
}

export interface RunningAgent {
  /** Ends all workers; resolves when sessions, store and lock are closed. */
  stop(): Promise<void>;
  /** Takes a new configuration: routers that changed are started anew, the others go on. */
  reload(config: AgentConfig): Promise<void>;
  /** Resolves when the agent has stopped; rejects if it failed. */
  readonly done: Promise<void>;
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
  const workers = new Map<string, { worker: RouterWorker; fingerprint: string }>();
  let site = options.config.routers;
  const siteRouters = (): readonly string[] => site.map(({ id }) => id);
  let tracker = startTracker(options, options.config, store.agent);

  const applyConfig = async (config: AgentConfig): Promise<void> => {
    site = config.routers;
    const wanted = new Map(config.routers.map((router) => [router.id, router]));
    const stopped = [...workers].filter(
      ([id, { fingerprint }]) => fingerprintOf(options, config, wanted.get(id)) !== fingerprint,
    );
    await Promise.all(stopped.map(([, { worker }]) => worker.stop()));
    for (const [id] of stopped) workers.delete(id);
    for (const router of config.routers) {
      if (workers.has(router.id)) continue;
      const worker = new RouterWorker(workerDeps(options, config, router, store.agent, siteRouters));
      workers.set(router.id, { worker, fingerprint: fingerprintOf(options, config, router) });
      worker.start();
    }
  };

  const dispatch = (entry: JournalEntry): void => {
    if (entry.type === 'portal.changed') tracker.wake();
    for (const [id, { worker }] of workers) if (entry.router === null || entry.router === id) worker.wake(entry);
  };

  const run = async (): Promise<void> => {
    let cursor = await store.agent.head();
    await applyConfig(options.config);
    const reading = { busy: false, due: false };
    const read = async (): Promise<void> => {
      reading.due = true;
      if (reading.busy) return;
      reading.busy = true;
      try {
        while (reading.due) {
          reading.due = false;
          const entries = await store.agent.entriesAfter(cursor, 1000);
          cursor = entries.at(-1)?.seq ?? cursor;
          for (const entry of newsIn(entries)) dispatch(entry);
          if (entries.length === 1000) reading.due = true;
        }
      } finally {
        reading.busy = false;
      }
    };
    const news = (): void => {
      void read().catch((error: unknown) => {
        options.log.error({ error: describeError(error) }, 'journal not read');
      });
    };
    const watching = store.agent.watch(POLL_MS, signal, news);
    // What was committed before the watch began is no news to it.
    news();
    await watching;
  };

  const done = run()
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(async () => {
      await tracker.stop();
      await Promise.all([...workers.values()].map(({ worker }) => worker.stop()));
      store.close();
      lock?.release();
    });
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
    async reload(config) {
      await tracker.stop();
      tracker = startTracker(options, config, store.agent);
      await applyConfig(config);
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

/** One look (`plan`) or one converging run (`apply`) over the routers named, without a running agent. Takes the lock. */
export async function agentOnce(
  options: AgentOptions,
  routers: readonly string[] | null,
  mode: OnceMode,
): Promise<readonly RouterPlan[]> {
  const { lock, store } = openAll(options, mode === 'apply');
  try {
    const tracker = new PortalTracker(trackerDeps(options, options.config, store.agent));
    await tracker.refresh(options.signal);
    const siteRouters = (): readonly string[] => options.config.routers.map(({ id }) => id);
    const chosen = options.config.routers.filter((router) => routers === null || routers.includes(router.id));
    return await Promise.all(
      chosen.map((router) =>
        runOnce(workerDeps(options, options.config, router, store.agent, siteRouters), mode, options.signal),
      ),
    );
  } finally {
    store.close();
    lock?.release();
  }
}

/**
 * Entries that may give a worker something to do; our own reports of progress do not. What a restore changed in the
 * subscriber's document is the restore lane's business and needs no full pass.
 */
function newsIn(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const restored = new Set(
    entries
      .filter((entry) => entry.type === 'operation.received' && entry.data['kind'] === 'restore')
      .map((entry) => entry.subject),
  );
  return entries.filter(
    (entry) =>
      entry.type === 'operation.received' ||
      entry.type === 'portal.changed' ||
      (entry.type === 'subscriber.changed' && !restored.has(entry.subject)),
  );
}

function workerDeps(
  options: AgentOptions,
  config: AgentConfig,
  router: RouterConfig,
  store: WorkerDeps['store'],
  siteRouters: WorkerDeps['siteRouters'],
): WorkerDeps {
  return {
    target: targetOf(router, options),
    settings: settingsOf(config, router),
    limits: config.brake,
    portal: portalOf(config),
    reconcileEveryMs: config.reconcileEverySeconds * 1000,
    commandTimeoutMs: config.commandTimeoutSeconds * 1000,
    connect: routerConnector(router.driver),
    store,
    siteRouters,
    clock: systemClock,
    random: Math.random,
    log: options.log.child({ daemon: 'agent' }),
  };
}

function settingsOf(config: AgentConfig, router: RouterConfig): RouterSettings {
  return {
    router: router.id,
    mode: router.mode,
    lists: config.lists,
    port: config.notices.port,
    url: config.notices.url,
    seenMinutes: config.notices.seenMinutes,
  };
}

function targetOf(router: RouterConfig, options: AgentOptions): RouterTarget {
  const tls = tlsOf(router, options);
  return {
    id: router.id,
    host: router.host,
    port: router.port ?? (tls.kind === 'plain' ? 8728 : 8729),
    tls,
    user: router.user,
    password: options.readSecret(router.password),
  };
}

function tlsOf(router: RouterConfig, options: AgentOptions): RouterTls {
  if (router.tls === false) return { kind: 'plain' };
  if ('pin' in router.tls)
    return {
      kind: 'pin',
      sha256: router.tls.pin
        .replace(/^sha256:/, '')
        .replaceAll(':', '')
        .toLowerCase(),
    };
  return { kind: 'ca', pem: options.readText(router.tls.ca) };
}

function portalOf(config: AgentConfig): Portal {
  const { domain, cnameTargets, addresses, walledGarden } = config.portal;
  return { domain, cnameTargets, addresses, walledGarden };
}

function trackerDeps(
  options: AgentOptions,
  config: AgentConfig,
  store: WorkerDeps['store'],
): ConstructorParameters<typeof PortalTracker>[0] {
  const { resolvers } = config.portal;
  return {
    store,
    resolve: resolvers.length === 0 ? null : makeResolver({ resolvers, timeoutMs: DNS_TIMEOUT_MS }),
    portal: portalOf(config),
    alwaysReachable: config.alwaysReachable,
    clock: systemClock,
    log: options.log.child({ daemon: 'agent' }),
  };
}

function startTracker(options: AgentOptions, config: AgentConfig, store: WorkerDeps['store']): PortalTracker {
  const tracker = new PortalTracker(trackerDeps(options, config, store));
  tracker.start();
  return tracker;
}

/** What decides whether a worker must start anew on reload: its settings, and what password and CA files hold now. */
function fingerprintOf(options: AgentOptions, config: AgentConfig, router: RouterConfig | undefined): string {
  if (router === undefined) return 'gone';
  const { tls, password } = targetOf(router, options);
  const text = JSON.stringify({ router, tls, ...config, routers: undefined });
  return createHash('sha256').update(text).update(password.reveal()).digest('hex');
}
