import { setMaxListeners } from 'node:events';
import type { JournalEntry } from '../store/ports.ts';
import { Heartbeat } from './heartbeat.ts';
import { restAfter } from './core/pace.ts';
import { DoctorDesk } from './doctor/desk.ts';
import { examineRouter } from './doctor/examine-router.ts';
import { Alarm, asAppError, Backoff, ExpressLink } from './link.ts';
import type { PassResult } from './pass.ts';
import { PortalAdder } from './portal-adder.ts';
import { isOfAddresses } from './portal-news.ts';
import type { RouterSession, SessionOptions } from './ports.ts';
import { restoreNow } from './restore-lane.ts';
import { RestoreQueue } from './restore-queue.ts';
import { RouterPasses, type PassHooks } from './router-passes.ts';
import { RouterTurn } from './router-turn.ts';
import { SessionWatch } from './session-watch.ts';
import type { WorkerDeps } from './worker-deps.ts';

/** A pass that keeps finding work is repeated this often at once, then waits its turn: a person may be editing too. */
const QUICK_PASSES = 6;

/**
 * Keeps one router as it should be, until its signal fires: connects with back-off, makes a pass when something is wanted
 * or due, repeats it until nothing is left to write, carries restores on a second session and has the doctor in on a third
 * meanwhile. One router's trouble never reaches another's worker.
 */
export class RouterWorker {
  readonly #deps: WorkerDeps;
  readonly #alarm: Alarm;
  /** Ends the rest after a failure: somebody wants to know now what is wrong. */
  readonly #doctorBell: Alarm;
  readonly #doctor: DoctorDesk;
  readonly #passes: RouterPasses;
  readonly #turn = new RouterTurn();
  readonly #express: ExpressLink;
  readonly #stop = new AbortController();
  readonly #restores: RestoreQueue;
  readonly #adder: PortalAdder;
  /** The main session while it is open. */
  #session: RouterSession | null = null;
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
      commandTimeoutMs: deps.commandTimeoutMs,
      examine: (isSelfTest) => this.#examine(isSelfTest),
      onDue: () => {
        this.#callDoctor();
      },
      log: deps.log,
    });
    this.#passes = new RouterPasses(deps, this.#stop.signal);
    this.#heartbeat = new Heartbeat(deps.clock, deps.commandTimeoutMs);
    this.#express = new ExpressLink(deps.connect, deps.target, this.#sessionOptions());
    this.#restores = new RestoreQueue({
      router: deps.settings.router,
      store: deps.store,
      attempt: (subscriber) => this.#restore(subscriber),
      onLeft: () => {
        this.#turn.hurry();
        this.#alarm.ring();
      },
      log: deps.log,
    });
    this.#adder = new PortalAdder({
      router: deps.settings.router,
      attempt: () => this.#addPortalAddresses(),
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
    await this.#adder.stop();
    await this.#restores.stop();
    await this.#done;
    await this.#doctor.close();
    await this.#express.close();
  }

  /** Asks for a full pass now. */
  ring(): void {
    this.#alarm.ring();
  }

  /** Told of a journal entry that concerns this router. */
  wake(entry: JournalEntry): void {
    if (entry.type === 'operation.received' && entry.data['kind'] === 'doctor') {
      this.#doctor.call();
      this.#callDoctor();
    } else if (
      entry.type === 'operation.received' &&
      entry.data['kind'] === 'restore' &&
      this.#passes.image.observed !== null &&
      this.#passes.inForce !== null
    )
      this.#restores.scan();
    else if (isOfAddresses(entry)) this.#adder.note();
    else this.#alarm.ring();
  }

  /** Has the router looked over after the next pass; resolves when that is over, or the worker has ended. */
  async examine(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const done = this.#doctor.ask();
    this.#callDoctor();
    await done;
  }

  /** A pass, or an attempt at one, and the doctor after it. */
  #callDoctor(): void {
    this.#alarm.ring();
    this.#doctorBell.ring();
  }

  /** True when it has not advanced for longer than all its deadlines allow: a fault of ours, never of the router. */
  get isStuck(): boolean {
    return !this.#stop.signal.aborted && (this.#heartbeat.isOverdue || this.#doctor.isStuck);
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
        await this.#passes.noteFailure(failure);
        this.#doctor.attend();
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
    this.#session = session;
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
        this.#doctor.attend();
        quick = 0;
        const restMs = this.#untilNext(pass);
        this.#heartbeat.step(restMs);
        await this.#alarm.wait(restMs, signal);
      }
    } finally {
      this.#session = null;
      this.#passes.forgetSession();
      await watch.end();
      await session.close();
    }
  }

  /** As the router is kept now, which a step of an adoption may have changed. */
  async #examine(isSelfTest: boolean): ReturnType<typeof examineRouter> {
    const { signal } = this.#stop;
    const { settings } = this.#passes;
    const [report] = await Promise.all([
      examineRouter({ ...this.#deps, settings, turn: this.#turn, signal }, isSelfTest),
      this.#deps.garden?.look(signal),
    ]);
    return report;
  }

  #watch(session: RouterSession): SessionWatch {
    const { settings, clock, log } = this.#deps;
    const onNews = (): void => {
      this.#alarm.ring();
    };
    return new SessionWatch(session, { router: settings.router, clock, signal: this.#stop.signal, log, onNews });
  }

  #pass(session: RouterSession, backoff: Backoff): Promise<PassResult> {
    const hooks: PassHooks = {
      // Restores asked for while the router was being read are not in this pass's view.
      onRead: () => {
        this.#heartbeat.step();
        if (this.#passes.inForce !== null) this.#restores.scan();
      },
      // A router that took a write is not away: what breaks after that is tried again soon.
      onApplied: () => {
        this.#heartbeat.step();
        backoff.reset();
      },
    };
    // Until a session has been read restores go by the pass.
    if (this.#passes.image.observed === null) this.#turn.hurry();
    return this.#turn.take(this.#stop.signal, () => this.#passes.make(session, hooks));
  }

  #untilNext(pass: PassResult): number {
    const { reconcileEveryMs, clock } = this.#deps;
    const restMs = restAfter(pass.readMs, reconcileEveryMs);
    if (pass.nextChange === null) return restMs;
    return Math.min(restMs, Math.max(0, pass.nextChange - clock.now()));
  }

  /** The narrow, quick way for one subscriber; see restore-lane.ts. */
  async #restore(subscriber: string): Promise<boolean> {
    const { settings, store, clock } = this.#deps;
    this.#passes.touch(subscriber);
    const restored = await restoreNow(subscriber, {
      settings: this.#passes.inForce,
      lifts: this.#passes.lifts,
      store,
      image: this.#passes.image,
      locks: this.#passes.locks,
      clock,
      session: () => this.#express.session(),
      signal: this.#stop.signal,
    });
    if (restored === null) return false;
    await store.advanceOperations(clock.now(), restored.advances);
    this.#passes.forgetRecord(subscriber);
    await store.recordObserved(settings.router, new Map([[subscriber, restored.observed]]));
    return !restored.hasNotice;
  }

  /** The narrow way for what DNS gave anew; not beside a pass, which may be about to write the same. */
  async #addPortalAddresses(): Promise<boolean> {
    return this.#turn.take(this.#stop.signal, async () => {
      const session = this.#session;
      // The pass that a new session begins with knows of it.
      return session === null || !session.isOpen || (await this.#passes.addPortalAddresses(session));
    });
  }

  async #pause(ms: number): Promise<void> {
    this.#heartbeat.step(ms);
    try {
      await this.#doctorBell.wait(ms, this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #sessionOptions(): SessionOptions {
    const { commandTimeoutMs } = this.#deps;
    return { connectTimeoutMs: commandTimeoutMs, commandTimeoutMs, signal: this.#stop.signal };
  }
}
