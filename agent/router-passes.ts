import { AppError, describeError, type ErrorCode } from '../schemas/app-error.ts';
import type { RouterStatus } from '../schemas/router.ts';
import { placeOf } from './core/plan/diff-set.ts';
import type { Step } from './core/plan/step.ts';
import { isMoreOfTheSame, isOtherPortal, portalAdds } from './core/portal-adds.ts';
import { hasRebooted, type UptimeReading } from './core/reboot.ts';
import type { NamedLifts } from './core/adopt/named-lifts.ts';
import type { SettingsInForce } from './core/in-force.ts';
import type { Dialect, RouterSettings } from './core/settings.ts';
import { applyPlan } from './apply.ts';
import { DriftWatch } from './drift-watch.ts';
import { RouterImage } from './image.ts';
import { runPass, type PassResult } from './pass.ts';
import { PassMemory } from './pass-memory.ts';
import type { RouterSession } from './ports.ts';
import { downReport } from './report.ts';
import { SubscriberLocks } from './subscriber-locks.ts';
import { Window } from './window.ts';
import type { WorkerDeps } from './worker-deps.ts';

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

/** Addresses are written so many at a time: nobody waits for them as for a restore. */
const MAX_ADDS_IN_FLIGHT = 4;
const ADDING_MS = 200;

export interface PassHooks {
  /** Told as soon as the router has been read, before anything is written. */
  readonly onRead: () => void;
  /** Told of every write that was answered. */
  readonly onApplied: () => void;
}

/** The passes over one router, and what each must know of those before it: from one session to the next, not longer. */
export class RouterPasses {
  readonly image = new RouterImage();
  readonly locks = new SubscriberLocks();
  readonly #deps: WorkerDeps;
  readonly #signal: AbortSignal;
  #dialect: Dialect | null = null;
  /** Cuts whose open connections are surely gone. */
  readonly #dropped = new Set<string>();
  readonly #memory = new PassMemory();
  readonly #drift: DriftWatch;
  readonly #shown = { isWisphub: true };
  #status: RouterStatus | null = null;
  #inForce: SettingsInForce | null = null;
  #lifts: NamedLifts | null = null;
  #uptime: UptimeReading | null = null;
  /** Places of the shared lists that are taken since the router was last read, by a row of ours or of another. */
  #added = new Set<string>();

  constructor(deps: WorkerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#drift = new DriftWatch(deps.settings.router);
  }

  /** How the last pass kept the router; null before the first. */
  get inForce(): SettingsInForce | null {
    return this.#inForce;
  }

  /** What of WispHub's a restore by name may take with it, by the last pass. */
  get lifts(): NamedLifts | null {
    return this.#lifts;
  }

  /** What the last pass went by: what the router shows and a step of an adoption may differ from the configuration. */
  get settings(): RouterSettings {
    return this.#inForce ?? this.#deps.settings;
  }

  /** Makes one pass. Rejects with `router-*` and the store's errors. */
  async make(session: RouterSession, hooks: PassHooks): Promise<PassResult> {
    const deps = this.#deps;
    this.#added = new Set();
    try {
      const pass = await runPass({
        settings: deps.settings,
        limits: deps.limits,
        portal: deps.portal,
        commandTimeoutMs: deps.commandTimeoutMs,
        store: deps.store,
        session,
        image: this.image,
        locks: this.locks,
        clock: deps.clock,
        signal: this.#signal,
        dialect: this.#dialect,
        siteRouters: deps.siteRouters(),
        dropped: this.#dropped,
        memory: this.#memory,
        desk: deps.desk,
        onSettled: deps.onSettled,
        central: deps.central,
        drift: this.#drift,
        shown: this.#shown,
        notices: deps.notices,
        ...hooks,
        // Restores do not wait until all of this pass is written.
        onInForce: (settings, lifts) => {
          this.#inForce = settings;
          this.#lifts = lifts;
          hooks.onRead();
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

  /**
   * Writes the addresses that DNS gave since the last pass, and nothing else; reads nothing of the router, for RouterOS
   * takes an address once in a list: `already have such entry` says that it is there. The next pass reads it back. False
   * where that will not do, or the router refused one, or a cut is held that may begin by now: a pass must look. Rejects
   * as `make` does.
   */
  async addPortalAddresses(session: RouterSession): Promise<boolean> {
    const { store, clock } = this.#deps;
    const { observed } = this.image;
    const before = this.#memory.portalAddresses;
    const addresses = await store.readPortalAddresses();
    if (observed === null || this.#inForce === null || before === null) return false;
    if (!isMoreOfTheSame(before, addresses)) return false;
    const isEnough = !this.#memory.isHeldForPortal || !isOtherPortal(before, addresses);
    const steps = portalAdds({ addresses, settings: this.#inForce, observed, written: this.#added });
    if (steps === null) return false;
    if (steps.length === 0) return isEnough;
    const stages = [{ name: 'allow', mode: 'window', sequences: steps.map((step) => [step]) } as const];
    const noteThere = (step: Step): void => {
      if (step.kind === 'add') this.#added.add(placeOf(step.values));
    };
    let isAllThere = true;
    await applyPlan(
      { stages, covered: [], blocked: [], strangers: [] },
      {
        session,
        image: this.image,
        locks: this.locks,
        clock,
        window: new Window(MAX_ADDS_IN_FLIGHT, ADDING_MS),
        signal: this.#signal,
        onApplied: noteThere,
        onRefused: (step, { code }) => {
          if (code === 'router-duplicate') noteThere(step);
          else isAllThere = false;
        },
      },
    );
    return isEnough && isAllThere;
  }

  /** With a session ends what was read in it: ids may mean other rows in the next. */
  forgetSession(): void {
    this.image.forget();
    this.#lifts = null;
  }

  /** The store was told of this subscriber by somebody else: the next pass tells it again. */
  forgetRecord(subscriber: string): void {
    this.#memory.forgetRecord(subscriber);
  }

  /** Rows of this subscriber are written beside the passes. */
  touch(subscriber: string): void {
    this.#drift.touch(subscriber);
  }

  /** Tells the store why there was no pass. Never rejects: the store's trouble must not end the worker. */
  async noteFailure(error: AppError): Promise<void> {
    const { settings, store, clock, log } = this.#deps;
    log.warn(
      { router: settings.router, code: error.code, error: error.message, remedy: error.remedy },
      'router failed',
    );
    const connection = LINK_FAILURES.has(error.code) ? 'down' : 'up';
    this.#status = downReport(settings.router, this.settings.mode, this.#status, error, clock.now(), connection);
    try {
      await store.recordRouter(this.#status, null);
    } catch (failure) {
      log.error({ router: settings.router, error: describeError(failure) }, 'router status not recorded');
    }
  }

  /** The router refused an argument: it speaks the other dialect than its version made us believe. */
  #turnDialect(): void {
    const spoken = this.image.observed?.dialect ?? this.#dialect;
    if (spoken !== null) this.#dialect = spoken === 'redirect-to' ? 'action-data' : 'redirect-to';
  }

  async #noteReboot({ observed }: PassResult): Promise<void> {
    const { uptime, version } = observed;
    if (uptime === null) return;
    const before = this.#uptime;
    this.#uptime = uptime;
    if (before === null || !hasRebooted(before, uptime)) return;
    const { router } = this.#deps.settings;
    this.#dialect = null;
    await this.#deps.store.appendEvent({
      at: this.#deps.clock.now(),
      type: 'router.rebooted',
      subject: `router/${router}`,
      router,
      data: { uptimeSeconds: uptime.seconds, version },
    });
  }
}
