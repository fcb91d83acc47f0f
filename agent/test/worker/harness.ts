import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../../lab/routeros/router.ts';
import type { Brake } from '../../../schemas/config/agent.ts';
import { isSettled, type Operation } from '../../../schemas/operation.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Subscriber, SubscriberState } from '../../../schemas/subscriber.ts';
import type { AcceptResult, Intent, JournalEntry } from '../../../store/ports.ts';
import { openStore, type Store } from '../../../store/sqlite/open.ts';
import { systemClock } from '../../adapters/clock.ts';
import { routerConnector, type DriverName } from '../../adapters/routeros/connect.ts';
import type { RouterSettings } from '../../core/settings.ts';
import { RouterWorker, type WorkerDeps } from '../../router-worker.ts';

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
  port: 999,
  url: 'https://{domain}/aviso/{kind}/{subscriber}/',
  seenMinutes: 60,
};
const OPEN_BRAKE: Brake = { percent: 100, count: 1_000_000, floor: 1_000_000, siteCount: 1_000_000, windowMinutes: 60 };

export interface SceneOptions {
  readonly router?: LabRouterOptions;
  readonly brake?: Brake;
  readonly driver?: DriverName;
  readonly settings?: Partial<RouterSettings>;
  readonly commandTimeoutMs?: number;
  readonly portalAddresses?: readonly string[];
}

/** A lab router, a store with two connections (control's and the agent's), and a worker between them. */
export interface Scene {
  readonly router: LabRouter;
  readonly store: Store;
  readonly worker: RouterWorker;
  accept(intent: Intent): Promise<AcceptResult>;
  put(id: string, over?: Partial<Subscriber>): Promise<void>;
  /** Accepts and waits until the operation is settled. */
  settle(intent: Intent): Promise<Operation>;
  settled(operation: string): Promise<Operation>;
  snapshot(generation: number, rows: readonly SubscriberState[], expectedCuts?: number): Promise<string>;
  /** Waits for a full pass that began after now and found nothing to write. */
  converged(): Promise<void>;
}

export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-agent-'));
  const router = await startLabRouter({ version: '7.24', preset: 'home', ...options.router });
  const file = join(folder, 'store.db');
  const store = openStore({ file, site: 'lab' });
  const agentStore = openStore({ file, site: 'lab' });
  const stop = new AbortController();
  const at = Date.now();
  const addresses = options.portalAddresses ?? [PORTAL_ADDRESS];
  await agentStore.agent.recordPortalAddresses(
    at,
    addresses.map((address) => ({ address, host: 'clientes.example.net', use: 'portal', firstSeen: at, lastSeen: at })),
  );
  const deps: WorkerDeps = {
    target: {
      id: 'r0',
      host: router.host,
      port: router.port,
      tls: { kind: 'plain' },
      user: 'edge',
      password: new Secret('edge'),
    },
    settings: { ...SETTINGS, ...options.settings },
    limits: options.brake ?? OPEN_BRAKE,
    portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] },
    reconcileEveryMs: 60_000,
    commandTimeoutMs: options.commandTimeoutMs ?? 5000,
    connect: routerConnector(options.driver ?? 'native'),
    store: agentStore.agent,
    siteRouters: () => ['r0'],
    clock: systemClock,
    random: () => 0,
    log: pino({ level: process.env['LAB_LOG'] ?? 'silent' }),
  };
  const worker = new RouterWorker(deps);
  let cursor = await agentStore.agent.head();
  const watching = agentStore.agent.watch(5, stop.signal, () => {
    void agentStore.agent.entriesAfter(cursor, 10_000).then((entries) => {
      for (const entry of entries) {
        if (entry.seq <= cursor) continue;
        cursor = entry.seq;
        if (isNews(entry)) worker.wake(entry);
      }
    });
  });
  onTestFinished(async () => {
    stop.abort();
    await worker.stop();
    await watching.catch(() => undefined);
    await router.close();
    store.close();
    agentStore.close();
    rmSync(folder, { recursive: true, force: true });
  });
  worker.start();

  let number = 0;
  const accept = (intent: Intent): Promise<AcceptResult> => {
    number += 1;
    return store.control.acceptIntent(intent, {
      actor: { name: 'test', via: 'api' },
      at: Date.now(),
      operation: `op-${number}`,
      routers: ['r0'],
    });
  };
  const settled = async (id: string): Promise<Operation> => {
    for (;;) {
      const head = await store.control.head();
      const operation = await store.control.readOperation(id);
      if (operation !== null && isSettled(operation.state)) return operation;
      await changeAfter(store, head);
    }
  };
  return {
    router,
    store,
    worker,
    accept,
    settled,
    async put(id, over = {}) {
      const result = await accept({
        kind: 'put-subscriber',
        id,
        subscriber: { name: `Sub ${id}`, router: 'r0', addresses: ['100.64.0.5'], ...over },
      });
      if (result.outcome !== 'accepted') throw new Error(`put ${id}: ${result.outcome}`);
    },
    async settle(intent) {
      const result = await accept(intent);
      if (result.outcome !== 'accepted' || result.operation === null)
        throw new Error(`not accepted: ${JSON.stringify(result)}`);
      return settled(result.operation.id);
    },
    async snapshot(generation, rows, expectedCuts) {
      number += 1;
      const stage = `stage-${generation}`;
      for (let from = 0; from < rows.length; from += 500)
        await store.control.stageSnapshot(stage, rows.slice(from, from + 500));
      if (rows.length === 0) await store.control.stageSnapshot(stage, []);
      const result = await store.control.switchSnapshot(
        stage,
        { generation, takenAt: Date.now(), expectedCuts: expectedCuts ?? null, hash: `hash-${generation}` },
        { actor: { name: 'test', via: 'api' }, at: Date.now(), operation: `op-${number}`, routers: ['r0'] },
      );
      if (result.outcome === 'key-reused' || result.outcome === 'generation-mismatch') throw new Error(result.outcome);
      return result.operation.id;
    },
    async converged() {
      const result = await accept({ kind: 'reconcile', router: 'r0' });
      if (result.outcome !== 'accepted' || result.operation === null) throw new Error('reconcile not accepted');
      const done = await settled(result.operation.id);
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
  return ['operation.received', 'subscriber.changed', 'portal.changed'].includes(entry.type);
}
