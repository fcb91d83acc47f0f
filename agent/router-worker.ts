import { setMaxListeners } from 'node:events';
import type pino from 'pino';
import { AppError, describeError, type ErrorCode } from '../schemas/app-error.ts';
import type { Brake } from '../schemas/config/agent.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterStatus } from '../schemas/router.ts';
import type { AgentStore, JournalEntry } from '../store/ports.ts';
import type { AdmissionGate } from './admission-gate.ts';
import type { Dialect, RouterSettings } from './core/settings.ts';
import { Heartbeat } from './heartbeat.ts';
import { DoctorDesk } from './doctor/desk.ts';
import { examineRouter } from './doctor/examine-router.ts';
import type { DoctorProbes } from './doctor/ports.ts';
import { RouterImage } from './image.ts';
import { Alarm, asAppError, Backoff, ExpressLink } from './link.ts';
import { runPass, type PassResult } from './pass.ts';
import type { Clock, ConnectRouter, NoticeDesk, ResolveHost, RouterSession, RouterTarget } from './ports.ts';
import { downReport } from './report.ts';
import { restoreNow } from './restore-lane.ts';
import { RestoreQueue } from './restore-queue.ts';
import { SessionWatch } from './session-watch.ts';
import { SubscriberLocks } from './subscriber-locks.ts';
import type { WishBook } from './wishes.ts';

/** A pass that keeps finding work is repeated this often at once, then waits its turn: a person may be editing too. */
const QUICK_PASSES = 6;
/** Reading takes time and uptimes come in whole seconds: so much less than expected is no reboot. */
const CLOCK_SLACK_SECONDS = 60;

/** Failures of the link itself; after the others the router is there and says no. */
const LINK_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'router-unreachable',
  'router-login-refused',
  'router-protocol',
  'router-tls',
  'router-timeout',
  'router-closed',
  'router-fatal',
]);

export interface WorkerDeps {
  readonly target: RouterTarget;
  readonly settings: RouterSettings;
  readonly limits: Brake;
  readonly portal: Portal;
  readonly reconcileEveryMs: number;
  readonly commandTimeoutMs: number;
  readonly connect: ConnectRouter;
  readonly probes: DoctorProbes;
  /** What the doctor asks the resolvers with; null where the configuration names none. */
  readonly resolve: ResolveHost | null;
  readonly store: AgentStore;
  /** All routers of the site. */
  readonly siteRouters: () => readonly string[];
  /** Our own page server, where there is one. */
  readonly notices?: NoticeDesk | undefined;
  /** One for all routers of the site. */
  readonly gate: AdmissionGate;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
}

/**
 * Keeps one router as it should be, until its signal fires: connects with back-off, makes a pass when something is wanted
 * or due, repeats it until nothing is left to write, and carries restores on a second session meanwhile. One router's
 * trouble never reaches another's worker.
 */
export class RouterWorker {
  readonly #deps: WorkerDeps;
  readonly #alarm: Alarm;
  /** Ends the rest after a failure: somebody wants to know now what is wrong. */
  readonly #doctorBell: Alarm;
  readonly #doctor: DoctorDesk;
  readonly #image = new RouterImage();
  readonly #locks = new SubscriberLocks();
  readonly #express: ExpressLink;
  readonly #stop = new AbortController();
  readonly #restores: RestoreQueue;
  #dialect: Dialect | null = null;
  /** Cuts whose open connections are surely gone. */
  readonly #dropped = new Set<string>();
  readonly #recorded = new Map<string, string>();
  readonly #wishBook: WishBook = new WeakMap();
  #status: RouterStatus | null = null;
  /** The router's uptime when it was last read, and our clock then. */
  #uptime: { readonly seconds: number; readonly readAt: number } | null = null;
  #done: Promise<void> | null = null;
  readonly #heartbeat: Heartbeat;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    // Every command in flight listens to it.
    setMaxListeners(0, this.#stop.signal);
    this.#alarm = new Alarm(deps.clock);
    this.#doctorBell = new Alarm(deps.clock);
    this.#doctor = new DoctorDesk({
      router: deps.settings.router,
      store: deps.store,
      clock: deps.clock,
      examine: (isSelfTest) => examineRouter({ ...deps, signal: this.#stop.signal }, isSelfTest),
      log: deps.log,
    });
    this.#heartbeat = new Heartbeat(deps.clock, deps.commandTimeoutMs);
    this.#express = new ExpressLink(deps.connect, deps.target, this.#sessionOptions());
    this.#restores = new RestoreQueue({
      router: deps.settings.router,
      store: deps.store,
      attempt: (subscriber) => this.#restore(subscriber),
      onLeft: () => {
        this.#alarm.ring();
      },
      log: deps.log,
    });
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Ends the worker: what is in flight is given up, sessions are closed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#restores.stop();
    await this.#done;
    this.#doctor.close();
    await this.#express.close();
  }

  /** Asks for a full pass now. */
  ring(): void {
    this.#alarm.ring();
  }

  /** Told of a journal entry that concerns this router. */
  wake(entry: JournalEntry): void {
    if (entry.type === 'operation.received' && entry.data['kind'] === 'doctor') this.#callDoctor();
    else if (entry.type === 'operation.received' && entry.data['kind'] === 'restore' && this.#image.observed !== null)
      this.#restores.scan();
    else this.#alarm.ring();
  }

  /** Has the router looked over between two passes; resolves when that is over, or the worker has ended. */
  async examine(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const done = this.#doctor.ask();
    this.#callDoctor();
    await done;
  }

  #callDoctor(): void {
    this.#doctor.call();
    this.#alarm.ring();
    this.#doctorBell.ring();
  }

  /** True when it has not advanced for longer than all its deadlines allow: a fault of ours, never of the router. */
  get isStuck(): boolean {
    return !this.#stop.signal.aborted && this.#heartbeat.isOverdue;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(this.#deps.random);
    const { signal } = this.#stop;
    for (;;) {
      try {
        signal.throwIfAborted();
        this.#heartbeat.step();
        const session = await this.#deps.connect(this.#deps.target, this.#sessionOptions());
        await this.#serve(session, backoff);
      } catch (error) {
        if (signal.aborted) return;
        const failure = asAppError(error);
        await this.#failed(failure);
        await this.#consult();
        await this.#pause(backoff.delay(failure.retryable));
      }
    }
  }

  async #serve(session: RouterSession, backoff: Backoff): Promise<void> {
    const { signal } = this.#stop;
    void session.closed.then(() => {
      this.#alarm.ring();
    });
    const watch = this.#watch(session);
    try {
      for (let quick = 1; ; quick += 1) {
        signal.throwIfAborted();
        if (!session.isOpen) throw await session.closed;
        this.#heartbeat.step();
        const from = this.#deps.clock.monotonic();
        const pass = await this.#pass(session, backoff);
        backoff.reset();
        await watch.follow(pass.isNews, this.#deps.clock.monotonic() - from);
        if (pass.again && quick < QUICK_PASSES) continue;
        // A self-test took rows of ours up and off again: the pass after it sees that nothing stayed.
        if (await this.#consult()) continue;
        quick = 0;
        const restMs = this.#untilNext(pass);
        this.#heartbeat.step(restMs);
        await this.#alarm.wait(restMs, signal);
      }
    } finally {
      this.#image.forget();
      await watch.end();
      await session.close();
    }
  }

  #watch(session: RouterSession): SessionWatch {
    const { settings, clock, log } = this.#deps;
    const onNews = (): void => {
      this.#alarm.ring();
    };
    return new SessionWatch(session, { router: settings.router, clock, signal: this.#stop.signal, log, onNews });
  }

  async #pass(session: RouterSession, backoff: Backoff): Promise<PassResult> {
    const deps = this.#deps;
    try {
      const pass = await runPass({
        settings: deps.settings,
        limits: deps.limits,
        portal: deps.portal,
        commandTimeoutMs: deps.commandTimeoutMs,
        store: deps.store,
        session,
        image: this.#image,
        locks: this.#locks,
        clock: deps.clock,
        signal: this.#stop.signal,
        dialect: this.#dialect,
        siteRouters: deps.siteRouters(),
        gate: deps.gate,
        dropped: this.#dropped,
        recorded: this.#recorded,
        wishBook: this.#wishBook,
        notices: deps.notices,
        // Restores asked for while the router was being read are not in this pass's view.
        onRead: () => {
          this.#heartbeat.step();
          this.#restores.scan();
        },
        // A router that took a write is not away: what breaks after that is tried again soon.
        onApplied: () => {
          this.#heartbeat.step();
          backoff.reset();
        },
      });
      this.#dialect = pass.observed.dialect;
      this.#status = pass.status;
      await this.#noteReboot(pass);
      if (pass.written > 0) deps.log.info({ router: deps.settings.router, written: pass.written }, 'rows written');
      return pass;
    } catch (error) {
      if (error instanceof AppError && error.code === 'router-unknown-parameter') this.#turnDialect();
      throw error;
    }
  }

  /** The router refused an argument: it speaks the other dialect than its version made us believe. */
  #turnDialect(): void {
    const spoken = this.#image.observed?.dialect ?? this.#dialect;
    if (spoken !== null) this.#dialect = spoken === 'redirect-to' ? 'action-data' : 'redirect-to';
  }

  async #noteReboot(pass: PassResult): Promise<void> {
    const uptime = pass.observed.uptimeSeconds;
    const readAt = this.#deps.clock.monotonic();
    const before = this.#uptime;
    this.#uptime = uptime === null ? before : { seconds: uptime, readAt };
    // A router that was away for longer than it had been up shows a higher uptime than before, but not high enough.
    const least = before === null ? 0 : before.seconds + (readAt - before.readAt) / 1000 - CLOCK_SLACK_SECONDS;
    if (uptime !== null && before !== null && (uptime < before.seconds || uptime < least)) {
      const { router } = this.#deps.settings;
      this.#dialect = null;
      await this.#deps.store.appendEvent({
        at: this.#deps.clock.now(),
        type: 'router.rebooted',
        subject: `router/${router}`,
        router,
        data: { uptimeSeconds: uptime, version: pass.observed.version },
      });
    }
  }

  #untilNext(pass: PassResult): number {
    const { reconcileEveryMs, clock } = this.#deps;
    if (pass.nextChange === null) return reconcileEveryMs;
    return Math.min(reconcileEveryMs, Math.max(0, pass.nextChange - clock.now()));
  }

  /** The narrow, quick way for one subscriber; see restore-lane.ts. */
  async #restore(subscriber: string): Promise<boolean> {
    const { settings, store, clock } = this.#deps;
    const restored = await restoreNow(subscriber, {
      settings,
      store,
      image: this.#image,
      locks: this.#locks,
      clock,
      session: () => this.#express.session(),
      signal: this.#stop.signal,
    });
    if (restored === null) return false;
    await store.advanceOperations(clock.now(), restored.advances);
    this.#recorded.delete(subscriber);
    await store.recordObserved(settings.router, new Map([[subscriber, restored.observed]]));
    return !restored.hasNotice;
  }

  async #failed(error: AppError): Promise<void> {
    const { settings, store, clock, log } = this.#deps;
    log.warn(
      { router: settings.router, code: error.code, error: error.message, remedy: error.remedy },
      'router failed',
    );
    const connection = LINK_FAILURES.has(error.code) ? 'down' : 'up';
    this.#status = downReport(settings.router, settings.mode, this.#status, error, clock.now(), connection);
    try {
      await store.recordRouter(this.#status, null);
    } catch (failure) {
      // The store's trouble must not end the worker: it tries again.
      log.error({ router: settings.router, error: describeError(failure) }, 'router status not recorded');
    }
  }

  /** Has the doctor in, if anybody asked; whatever comes of it never ends the worker. */
  async #consult(): Promise<boolean> {
    this.#heartbeat.step();
    try {
      return await this.#doctor.attend();
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      this.#deps.log.warn({ router: this.#deps.settings.router, error: describeError(error) }, 'doctor failed');
      return false;
    }
  }

  async #pause(ms: number): Promise<void> {
    this.#heartbeat.step(ms);
    try {
      await this.#doctorBell.wait(ms, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #sessionOptions(): Parameters<ConnectRouter>[1] {
    const { commandTimeoutMs } = this.#deps;
    return { connectTimeoutMs: commandTimeoutMs, commandTimeoutMs, signal: this.#stop.signal };
  }
}
