import type pino from 'pino';
import type { DoctorReport } from '../../schemas/doctor.ts';
import type { AgentStore } from '../../store/ports.ts';
import type { Clock } from '../ports.ts';

export interface DoctorDeskDeps {
  readonly router: string;
  readonly store: AgentStore;
  readonly clock: Clock;
  readonly examine: (isSelfTest: boolean) => Promise<DoctorReport>;
  readonly log: pino.Logger;
}

/** Takes what asks for a doctor on one router, and has it done when the worker says that nothing else is under way. */
export class DoctorDesk {
  readonly #deps: DoctorDeskDeps;
  /** Operations may wait from before the start. */
  #isDue = true;
  /** Who waits for a doctor that no operation asks for. */
  #waiting: (() => void)[] = [];

  constructor(deps: DoctorDeskDeps) {
    this.#deps = deps;
  }

  /** An operation was accepted. */
  call(): void {
    this.#isDue = true;
  }

  /** Asks without an operation; resolves when it is over, or when the desk is closed. */
  ask(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  close(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Does what was asked for, once for all who ask. True when rows were written, so that a pass is due. */
  async attend(): Promise<boolean> {
    if (!this.#isDue && this.#waiting.length === 0) return false;
    this.#isDue = false;
    const { router, store, clock, examine, log } = this.#deps;
    const asked = (await store.openOperations(router)).filter(
      ({ kind, state }) => kind === 'doctor' && state !== 'held',
    );
    const waiting = this.#waiting;
    if (asked.length === 0 && waiting.length === 0) return false;
    const isSelfTest = asked.some(({ names }) => names.includes('self-test'));
    try {
      const report = await examine(isSelfTest);
      await store.recordDoctor(router, report);
      const evidence = { router, readAt: report.checkedAt, version: report.version };
      await store.advanceOperations(
        clock.now(),
        asked.map(({ id }) => ({ id, router, state: 'verified' as const, evidence, result: report })),
      );
      log.info({ router, findings: report.findings.length, reachable: report.reachable }, 'router looked over');
      return isSelfTest;
    } catch (error) {
      // What was asked for stays open, and is tried again after the next pass.
      this.#isDue = asked.length > 0;
      throw error;
    } finally {
      this.#waiting = this.#waiting.filter((one) => !waiting.includes(one));
      for (const resolve of waiting) resolve();
    }
  }
}
