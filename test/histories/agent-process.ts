import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import pino from 'pino';
import { AppError } from '../../schemas/app-error.ts';
import { Secret } from '../../schemas/secret.ts';
import type { Brake } from '../../schemas/config/agent.ts';
import type { RouterPlan } from '../../schemas/router.ts';
import type { DriverName } from '../../agent/adapters/routeros/connect.ts';
import { makeProbes } from '../../agent/adapters/doctor/probes.ts';
import { nativeConnector } from '../../agent/adapters/routeros/native.ts';
import { nodeRouterosConnector } from '../../agent/adapters/routeros/node-routeros.ts';
import type { Transport } from '../../agent/adapters/routeros/transport.ts';
import { SiteDesk } from '../../agent/site-desk.ts';
import { followJournal } from '../../agent/journal-feed.ts';
import { asksForPortal } from '../../agent/portal-news.ts';
import { PortalTracker } from '../../agent/portal-tracker.ts';
import type { Clock, ResolveHost } from '../../agent/ports.ts';
import { RouterWorker } from '../../agent/router-worker.ts';
import type { WorkerDeps } from '../../agent/worker-deps.ts';
import type { RouterSettings } from '../../agent/core/settings.ts';
import { assisted } from '../../agent/test/adopt/wisphub-site.ts';
import { SETTINGS } from '../../agent/test/worker/harness.ts';
import { PHONE_DHCP } from '../../agent/test/worker/wild-router.ts';
import { NoticeServer } from '../../agent/notice-server/desk.ts';
import { fillBook, noteRestore } from '../../agent/notice-server/from-store.ts';
import type { AgentStore, OperationAdvance } from '../../store/ports.ts';
import { openStore } from '../../store/sqlite/open.ts';
import type { Backend } from './actions.ts';
import { LISTENER, type ListenerPlace } from './listener-place.ts';
import { FIRST_DOMAIN } from './places.ts';

export interface AgentPlan {
  readonly file: string;
  readonly routers: readonly {
    readonly id: string;
    readonly driver: DriverName;
    readonly host: string;
    readonly port: number;
    readonly backend: Backend;
    /** WispHub's, until a person takes it over. */
    readonly isAssisted: boolean;
    readonly tellsPhones: boolean;
  }[];
  readonly brake: Brake;
  readonly reconcileEveryMs: number;
  readonly commandTimeoutMs: number;
  readonly resolve: ResolveHost;
  readonly listener: ListenerPlace;
  readonly random: () => number;
  readonly onSettled: WorkerDeps['onSettled'];
  /** The box's wall clock. */
  readonly wall: () => number;
  readonly busy: { count: number };
  readonly transport: (isAlive: () => boolean) => Transport;
  /** Told of operations as soon as they are moved on in the store. */
  readonly onAdvanced: (advances: readonly OperationAdvance[]) => void;
  /** Told of plans as soon as they are in the store. */
  readonly onRecorded: (plan: RouterPlan) => void;
  /** Calls back after control committed, until the signal fires; null: the store's own watch. */
  readonly watch: ((signal: AbortSignal, onChange: (head: number) => void) => Promise<void>) | null;
}

/** An agent with all its parts on a store of its own: worker, portal tracker, journal feed, page server. */
export interface AgentProcess {
  /** A new configuration gives this router's pages to the other back-end: its worker starts anew. */
  reconfigure(router: string, backend: Backend): void;
  /** SIGKILL: nothing is said, nothing is tidied, nothing of it goes on. What it had committed is in the file. */
  kill(): void;
}

/** Loaded at once: what a driver drags along must not be loaded while time stands still. */
const BACKEND_OF = {
  'web-proxy': { kind: 'web-proxy' },
  'notice-server': { kind: 'notice-server', ...LISTENER },
} as const;
const CONNECTORS = { native: nativeConnector, 'node-routeros': nodeRouterosConnector };

/** Starts what agent/main.ts starts, with clock and wire passed in. */
export function startAgentProcess(plan: AgentPlan): AgentProcess {
  const life = { isAlive: true };
  const isAlive = (): boolean => life.isAlive;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const sockets = new Set<Socket>();
  const machine = plan.transport(isAlive);
  const transport: Transport = {
    ...machine,
    open(target) {
      const socket = machine.open(target);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  };
  const opened = openStore({ file: plan.file, site: 'lab', now: plan.wall, monotonic: machine.monotonic });
  const store = mortal(opened.agent, isAlive, plan);
  const clock = clockOf(plan.wall, transport, isAlive);
  const log = pino({ level: process.env['LAB_LOG'] ?? 'silent' });
  const portal = { domain: FIRST_DOMAIN, cnameTargets: [], addresses: [], walledGarden: [] };
  const desk = new SiteDesk();
  const ids = plan.routers.map(({ id }) => id);
  const rules = { adminHosts: [], checks: 3 };
  const tracker = new PortalTracker({
    store,
    resolve: plan.resolve,
    portal,
    rules,
    bundles: [],
    alwaysReachable: [],
    clock,
    log,
  });
  const workers = new Map<string, RouterWorker>();
  const notices = new NoticeServer({
    clock,
    random: plan.random,
    log,
    open: (options) => (isAlive() ? plan.listener.open(options) : new Promise(() => undefined)),
    onTurn: () => {
      for (const worker of workers.values()) worker.ring();
    },
  });
  const settingsFor = (
    { id, isAssisted, tellsPhones }: AgentPlan['routers'][number],
    backend: Backend,
  ): RouterSettings => ({
    ...SETTINGS,
    ...(isAssisted ? assisted({}) : {}),
    ...(tellsPhones ? { phoneDhcp: PHONE_DHCP } : {}),
    router: id,
    backend: BACKEND_OF[backend],
  });
  const hire = (router: AgentPlan['routers'][number], backend: Backend): RouterWorker => {
    const { id, driver, host, port } = router;
    const worker = new RouterWorker({
      target: { id, host, port, tls: { kind: 'plain' }, user: 'edge', password: new Secret('edge') },
      settings: settingsFor(router, backend),
      limits: plan.brake,
      portal,
      reconcileEveryMs: plan.reconcileEveryMs,
      commandTimeoutMs: plan.commandTimeoutMs,
      connect: CONNECTORS[driver](transport),
      store,
      siteRouters: () => ids,
      notices,
      desk,
      onSettled: plan.onSettled,
      // No history asks for the doctor.
      probes: makeProbes(),
      resolve: null,
      clock,
      random: plan.random,
      log,
    });
    workers.set(id, worker);
    return worker;
  };
  const begin = async (): Promise<number> => {
    tracker.start();
    const cursor = await store.head();
    const settings = plan.routers.map((router) => settingsFor(router, router.backend));
    await fillBook(notices.book, settings, portal, store, clock.now());
    await notices.listen({ host: LISTENER.address, port: LISTENER.port });
    for (const router of plan.routers) hire(router, router.backend).start();
    return cursor;
  };
  const begun = begin();
  let turned: Promise<unknown> = begun;
  const run = async (): Promise<void> => {
    await followJournal({
      store,
      cursor: await begun,
      everyMs: 5,
      signal: stopping.signal,
      onNews: (entry) => {
        if (asksForPortal(entry)) tracker.wake();
        noteRestore(notices.book, entry);
        for (const [id, worker] of workers) if (entry.router === null || entry.router === id) worker.wake(entry);
      },
      onFailure: () => undefined,
    });
  };
  const untilKilled = (work: Promise<unknown>): void => {
    void work.catch((error: unknown) => {
      if (life.isAlive) throw error;
    });
  };
  untilKilled(run());
  return {
    reconfigure(id, backend) {
      turned = turned.then(async () => {
        await workers.get(id)?.stop();
        const router = plan.routers.find((one) => one.id === id);
        if (router !== undefined && isAlive()) hire(router, backend).start();
      });
      untilKilled(turned);
    },
    kill() {
      life.isAlive = false;
      stopping.abort();
      for (const socket of sockets) {
        socket.removeAllListeners();
        socket.on('error', () => undefined);
        socket.resetAndDestroy();
      }
      opened.close();
    },
  };
}

function clockOf(wall: () => number, { after, monotonic }: Transport, isAlive: () => boolean): Clock {
  return {
    now: wall,
    monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const aborted = (): AppError => new AppError('aborted', 'A wait was stopped by us');
        if (signal.aborted) {
          reject(aborted());
          return;
        }
        const onAbort = (): void => {
          disarm();
          if (isAlive()) reject(aborted());
        };
        const disarm = after(ms, () => {
          signal.removeEventListener('abort', onAbort);
          if (isAlive()) resolve();
        });
        signal.addEventListener('abort', onAbort, { once: true });
      }),
  };
}

/** The store's port as a process sees it: once it is dead, nothing it had asked for comes back to it. */
function mortal(
  port: AgentStore,
  isAlive: () => boolean,
  { busy, onAdvanced, onRecorded, watch }: AgentPlan,
): AgentStore {
  const never = (): Promise<never> => new Promise(() => undefined);
  const call = <Result>(ask: () => Promise<Result>): Promise<Result> => {
    if (!isAlive()) return never();
    busy.count += 1;
    return new Promise((resolve, reject) => {
      ask().then(
        (result) => {
          busy.count -= 1;
          if (isAlive()) resolve(result);
        },
        (error: unknown) => {
          busy.count -= 1;
          if (isAlive()) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  };
  return {
    head: () => call(() => port.head()),
    entriesAfter: (seq, limit) => call(() => port.entriesAfter(seq, limit)),
    watch: (everyMs, signal, onChange) =>
      watch === null ? port.watch(everyMs, signal, onChange) : watch(signal, onChange),
    desiredFor: (router) => call(() => port.desiredFor(router)),
    desiredSubscriber: (router, id) => call(() => port.desiredSubscriber(router, id)),
    openOperations: (router) => call(() => port.openOperations(router)),
    advanceOperations: (at, advances) =>
      call(async () => {
        await port.advanceOperations(at, advances);
        if (isAlive()) onAdvanced(advances);
      }),
    recordReissue: (at, report) => call(() => port.recordReissue(at, report)),
    noteReissued: (at, operation, router, subscribers) =>
      call(() => port.noteReissued(at, operation, router, subscribers)),
    admissionsSince: (at) => call(() => port.admissionsSince(at)),
    admissionsFor: (router, since) => call(() => port.admissionsFor(router, since)),
    recordAdmissions: (admissions) => call(() => port.recordAdmissions(admissions)),
    forgetAdmissionsBefore: (at) => call(() => port.forgetAdmissionsBefore(at)),
    lastSeen: (router) => call(() => port.lastSeen(router)),
    recordObserved: (router, observed) => call(() => port.recordObserved(router, observed)),
    recordRouter: (status, plan) =>
      call(async () => {
        await port.recordRouter(status, plan);
        if (isAlive() && plan !== null) onRecorded(plan);
      }),
    finishDepartures: (router, subscribers) => call(() => port.finishDepartures(router, subscribers)),
    recordPortalAddresses: (at, addresses, round, voided) =>
      call(() => port.recordPortalAddresses(at, addresses, round, voided)),
    readPortalConfirmations: () => call(() => port.readPortalConfirmations()),
    readPortalRound: () => call(() => port.readPortalRound()),
    readPortalAddresses: () => call(() => port.readPortalAddresses()),
    readPortal: () => call(() => port.readPortal()),
    recordDrift: (router, news) => call(() => port.recordDrift(router, news)),
    centralRecord: () => call(() => port.centralRecord()),
    beginCentral: (at) => call(() => port.beginCentral(at)),
    tellCentral: (at, state) => call(() => port.tellCentral(at, state)),
    recordDoctor: (router, report) => call(() => port.recordDoctor(router, report)),
    recordSiteDoctor: (doctor) => call(() => port.recordSiteDoctor(doctor)),
    readDoctor: (router) => call(() => port.readDoctor(router)),
    recordTaken: (router, rows) => call(() => port.recordTaken(router, rows)),
    noteBegun: (router, operation) => call(() => port.noteBegun(router, operation)),
    settleAdoption: (router, operation, seq) => call(() => port.settleAdoption(router, operation, seq)),
    recordAdoptionView: (view) => call(() => port.recordAdoptionView(view)),
    unmarkedRows: (router) => call(() => port.unmarkedRows(router)),
    noteUnmarked: (router, news) => call(() => port.noteUnmarked(router, news)),
    appendEvent: (event) => call(() => port.appendEvent(event)),
  };
}
