import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { startLabDns, type LabDns } from '../../../lab/dns/server.ts';
import type { GardenBundle } from '../../../schemas/garden-bundle.ts';
import type { Portal } from '../../../schemas/portal.ts';
import type { JournalEntry } from '../../../store/ports.ts';
import { openStore, type Store } from '../../../store/sqlite/open.ts';
import { makeResolver } from '../../adapters/dns/resolver.ts';
import { PortalTracker, type PortalRules } from '../../portal-tracker.ts';

export const DOMAIN = 'clientes.example.net';
export const TARGET = 'portal.wisphub.test';
export const PORTAL: Portal = { domain: DOMAIN, cnameTargets: [TARGET], addresses: [], walledGarden: [] };
const RULES: PortalRules = { adminHosts: ['sistema.wisphub.test'], checks: 3 };

export interface PortalSiteOptions {
  readonly resolvers?: number;
  readonly portal?: Partial<Portal>;
  readonly bundles?: readonly GardenBundle[];
  /** Other resolvers beside those of the lab, or in their place. */
  readonly others?: readonly string[];
  /** How long a resolver may be silent; short where it is meant to be. */
  readonly timeoutMs?: number;
}

/** Resolvers of the lab on real sockets, a store on a file, and a tracker whose clock is the test's. */
export interface PortalSite {
  readonly dns: readonly LabDns[];
  readonly store: Store;
  /** Lets time pass, and makes one round. */
  readonly round: (afterMs?: number) => Promise<number>;
  /** Addresses in the list now; of one use if it is named. */
  readonly list: (use?: 'portal' | 'garden') => Promise<readonly string[]>;
  readonly leadsTo: () => Promise<string>;
  readonly codes: () => Promise<readonly string[]>;
  readonly put: (portal: Partial<Portal>) => Promise<void>;
  readonly entries: (type: string) => Promise<readonly JournalEntry[]>;
  /** A tracker that knows nothing but what is stored. */
  readonly restart: () => void;
}

export async function portalSite(options: PortalSiteOptions = {}): Promise<PortalSite> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-portal-'));
  const dns = await Promise.all(Array.from({ length: options.resolvers ?? 1 }, () => startLabDns()));
  const store = openStore({ file: join(folder, 'store.db'), site: 'lab' });
  onTestFinished(async () => {
    await Promise.all(dns.map((one) => one.close()));
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const time = { now: 1_800_000_000_000 };
  const resolvers = [...dns.map(({ host, port }) => `${host}:${port}`), ...(options.others ?? [])];
  const start = (): PortalTracker =>
    new PortalTracker({
      store: store.agent,
      resolve: makeResolver({ resolvers, timeoutMs: options.timeoutMs ?? 5000, attempts: 2 }),
      portal: { ...PORTAL, ...options.portal },
      rules: RULES,
      bundles: options.bundles ?? [],
      alwaysReachable: [],
      clock: { now: () => time.now, monotonic: () => time.now, sleep: () => Promise.resolve() },
      log: pino({ level: 'silent' }),
    });
  let tracker = start();
  let puts = 0;
  return {
    dns,
    store,
    async round(afterMs = 3_600_000) {
      time.now += afterMs;
      return tracker.refresh(new AbortController().signal);
    },
    async list(use) {
      const all = await store.agent.readPortalAddresses();
      return all.filter((entry) => use === undefined || entry.use === use).map(({ address }) => address);
    },
    leadsTo: async () => (await store.agent.readPortalRound())?.lead.domain ?? '',
    codes: async () => ((await store.agent.readPortalRound())?.findings ?? []).map(({ code }) => code),
    async put(portal) {
      puts += 1;
      const result = await store.control.acceptIntent(
        { kind: 'portal', portal: { ...PORTAL, ...options.portal, ...portal } },
        { actor: { name: 'test', via: 'api' }, at: time.now, operation: `op-${puts}`, routers: ['r0'] },
      );
      if (result.outcome !== 'accepted') throw new Error(result.outcome);
      tracker.wake();
    },
    async entries(type) {
      return (await store.agent.entriesAfter(0, 10_000)).filter((entry) => entry.type === type);
    },
    restart() {
      tracker = start();
    },
  };
}
