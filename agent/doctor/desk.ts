import type pino from 'pino';
import { describeError } from '../../schemas/app-error.ts';
import type { DoctorReport } from '../../schemas/doctor.ts';
import type { AgentStore, OpenOperation } from '../../store/ports.ts';
import { Heartbeat } from '../heartbeat.ts';
import type { Clock } from '../ports.ts';
import { DEADLINE_MS } from './examine-router.ts';

export interface DoctorDeskDeps {
  readonly router: string;
  readonly store: Pick<AgentStore, 'openOperations' | 'recordDoctor' | 'advanceOperations'>;
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  readonly examine: (isSelfTest: boolean) => Promise<DoctorReport>;
  /** Asks for a full pass, and to be attended to after it: rows were written, or somebody else wants a doctor. */
  readonly onDue: () => void;
  readonly log: pino.Logger;
}

/**
 * Takes what asks for a doctor on one router. One at a time, begun when the worker says that a pass is over, for a router
 * that is half written looks worse than it is; from then on it goes on beside the passes and holds none of them up.
 */
export class DoctorDesk {
  readonly #deps: DoctorDeskDeps;
  readonly #heartbeat: Heartbeat;
  /** Operations may wait from before the start. */
  #isDue = true;
  /** Who waits for a doctor that no operation asks for. */
  #waiting: (() => void)[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(deps: DoctorDeskDeps) {
    this.#deps = deps;
    this.#heartbeat = new Heartbeat(deps.clock, deps.commandTimeoutMs);
  }

  /** An operation was accepted. */
  call(): void {
    this.#isDue = true;
  }

  /** Asks without an operation; resolves when it is over, or when the desk is closed. */
  ask(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Begins no other; resolves when the one that runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    this.#release(this.#waiting);
  }

  /** True when a doctor has not ended by any of its deadlines: a fault of ours. */
  get isStuck(): boolean {
    return this.#heartbeat.isOverdue;
  }

  /** Begins what was asked for, once for all who ask, unless one is under way. Does not wait for it. */
  attend(): void {
    if (this.#isClosed || this.#running !== null || !this.#isWanted) return;
    this.#heartbeat.step(DEADLINE_MS);
    this.#running = this.#work()
      .then(
        (isPassDue) => isPassDue || this.#isWanted,
        (error: unknown) => {
          // What was asked for stays open, and is tried again after the next pass: asked for meanwhile, that is due now.
          const isAskedMeanwhile = this.#isWanted;
          this.#isDue = true;
          if (!this.#isClosed)
            this.#deps.log.warn({ router: this.#deps.router, error: describeError(error) }, 'doctor failed');
          return isAskedMeanwhile;
        },
      )
      .then((isDue) => {
        this.#running = null;
        this.#heartbeat.rest();
        if (isDue && !this.#isClosed) this.#deps.onDue();
      });
  }

  get #isWanted(): boolean {
    return this.#isDue || this.#waiting.length > 0;
  }

  /** True when rows were written: the pass after it sees that nothing stayed. */
  async #work(): Promise<boolean> {
    this.#isDue = false;
    // Who asks from now on waits for the next one.
    const waiting = [...this.#waiting];
    try {
      const { router, store } = this.#deps;
      const open = await store.openOperations(router);
      const asked = open.filter(({ kind, state }) => kind === 'doctor' && state !== 'held');
      return asked.length > 0 || waiting.length > 0 ? await this.#examine(asked) : false;
    } finally {
      this.#release(waiting);
    }
  }

  async #examine(asked: readonly OpenOperation[]): Promise<boolean> {
    const { router, store, clock, examine, log } = this.#deps;
    const isSelfTest = asked.some(({ names }) => names.includes('self-test'));
    const report = await examine(isSelfTest);
    await store.recordDoctor(router, report);
    const evidence = { router, readAt: report.checkedAt, version: report.version };
    await store.advanceOperations(
      clock.now(),
      asked.map(({ id }) => ({ id, router, state: 'verified' as const, evidence, result: report })),
    );
    log.info({ router, findings: report.findings.length, reachable: report.reachable }, 'router looked over');
    return isSelfTest;
  }

  #release(waiting: readonly (() => void)[]): void {
    this.#waiting = this.#waiting.filter((one) => !waiting.includes(one));
    for (const resolve of waiting) resolve();
  }
}
