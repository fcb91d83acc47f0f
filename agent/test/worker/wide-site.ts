import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { MemoryWire } from '../../../lab/routeros/memory-wire.ts';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import type { Brake } from '../../../schemas/config/agent.ts';
import type { Operation } from '../../../schemas/operation.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import type { Intent } from '../../../store/ports.ts';
import { openStore, type Store } from '../../../store/sqlite/open.ts';
import { systemClock } from '../../adapters/clock.ts';
import { makeProbes } from '../../adapters/doctor/probes.ts';
import { nativeConnector } from '../../adapters/routeros/native.ts';
import { machineTransport } from '../../adapters/routeros/transport.ts';
import { SiteDesk } from '../../site-desk.ts';
import { runOnce } from '../../run-once.ts';
import { PORTAL_ADDRESS, ROUTER_PASSWORD, SETTINGS } from './harness.ts';

const AT_ONCE = 8;

/** Many routers on wires without a kernel, one store, and a wall clock that the test moves. */
export interface WideSite {
  readonly store: Store;
  readonly routers: readonly string[];
  readonly time: { now: number };
  /** Runs passes over these routers until nothing is left to write; each run knows only what store and router hold. */
  readonly pass: (...routers: readonly string[]) => Promise<void>;
  /** Accepts, and gives the operation's id. */
  readonly ask: (intent: Intent) => Promise<string>;
  readonly snapshot: (rows: readonly SubscriberState[], expectedCuts?: number) => Promise<string>;
  readonly operation: (id: string) => Promise<Operation>;
  readonly lab: (router: string) => LabRouter;
  /** Rows of the cut-off list, by router. */
  readonly cutOn: (...routers: readonly string[]) => readonly number[];
}

export async function wideSite(count: number, brake: Brake): Promise<WideSite> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-wide-'));
  const time = { now: Date.UTC(2026, 2, 10, 12) };
  const store = openStore({ file: join(folder, 'store.db'), site: 'lab', now: () => time.now });
  const routers = Array.from({ length: count }, (_, at) => `r${at}`);
  const labs = new Map<string, LabRouter>();
  const wires = new Map<string, MemoryWire>();
  onTestFinished(async () => {
    await Promise.all([...labs.values()].map((lab) => lab.close()));
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const id of routers) {
    const wire = new MemoryWire();
    wires.set(id, wire);
    labs.set(id, await startLabRouter({ wire, users: [{ name: 'edge', password: ROUTER_PASSWORD }] }));
  }
  const seen = { firstSeen: time.now, lastSeen: time.now };
  await store.agent.recordPortalAddresses(time.now, [
    { address: PORTAL_ADDRESS, host: 'clientes.example.net', use: 'portal', ...seen },
  ]);
  const connect = nativeConnector({
    ...machineTransport,
    open: ({ id }) => {
      const wire = wires.get(id);
      if (wire === undefined) throw new Error(`no wire to ${id}`);
      return wire.connect();
    },
  });
  const desk = new SiteDesk();
  const passOver = async (id: string): Promise<void> => {
    await runOnce(
      {
        target: { id, host: id, port: 1, tls: { kind: 'plain' }, user: 'edge', password: new Secret(ROUTER_PASSWORD) },
        settings: { ...SETTINGS, router: id },
        limits: brake,
        portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] },
        reconcileEveryMs: 60_000,
        commandTimeoutMs: 60_000,
        connect,
        probes: makeProbes(),
        resolve: null,
        store: store.agent,
        siteRouters: () => routers,
        desk,
        clock: { ...systemClock, now: () => time.now },
        random: () => 0,
        log: pino({ level: 'silent' }),
      },
      'apply',
      new AbortController().signal,
    );
  };
  let number = 0;
  const context = () => {
    number += 1;
    const actor = { name: 'test', via: 'api' } as const;
    return { actor, at: time.now, operation: `op-${number}`, routers };
  };
  return {
    store,
    routers,
    time,
    async pass(...ids) {
      for (let at = 0; at < ids.length; at += AT_ONCE) await Promise.all(ids.slice(at, at + AT_ONCE).map(passOver));
    },
    async ask(intent) {
      const result = await store.control.acceptIntent(intent, context());
      if (result.outcome !== 'accepted' || result.operation === null) throw new Error(result.outcome);
      return result.operation.id;
    },
    async snapshot(rows, expectedCuts) {
      const head = { generation: number + 1, takenAt: time.now, expectedCuts: expectedCuts ?? null };
      const stage = `stage-${number}`;
      await store.control.stageSnapshot(stage, []);
      for (let at = 0; at < rows.length; at += 500) await store.control.stageSnapshot(stage, rows.slice(at, at + 500));
      const result = await store.control.switchSnapshot(stage, { ...head, hash: `h${number}` }, context());
      if (result.outcome !== 'accepted') throw new Error(result.outcome);
      return result.operation.id;
    },
    async operation(id) {
      const operation = await store.control.readOperation(id);
      if (operation === null) throw new Error(`no ${id}`);
      return operation;
    },
    lab(router) {
      const lab = labs.get(router);
      if (lab === undefined) throw new Error(`no router ${router}`);
      return lab;
    },
    cutOn: (...ids) => ids.map((id) => cutRows(labs.get(id))),
  };
}

/** Subscribers of one router, the first few cut. */
export function subscribersOf(router: string, count: number, cuts: number): readonly SubscriberState[] {
  const net = Number(router.slice(1));
  return Array.from({ length: count }, (_, at) => ({
    id: `${router}-${at}`,
    name: 'x',
    router,
    addresses: [`10.${net}.${at >> 8}.${at & 255}`],
    ...(at < cuts ? { cutoff: { reason: 'no payment' } } : {}),
  }));
}

function cutRows(lab: LabRouter | undefined): number {
  const rows = lab?.table('/ip/firewall/address-list').rows() ?? [];
  return rows.filter((row) => row['list'] === 'Moroso').length;
}
