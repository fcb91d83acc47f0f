import type pino from 'pino';
import { describeError } from '../../schemas/app-error.ts';
import type { AgentStore } from '../../store/ports.ts';
import { hasMissed } from '../core/doctor/missed.ts';
import type { Clock } from '../ports.ts';

/** Routers are looked over one after the other, with a rest between them: nobody is in a hurry at night. */
const LONGEST_REST_MS = 5000;
/** After a start the box and its routers have other work; a missed night waits so long, and as long again by chance. */
const CATCH_UP_MS = 60_000;

/** What rings, `agent/adapters/cron.ts`. */
export interface Bell {
  rings(at: number): boolean;
  stop(): void;
}

export interface NightlyDeps {
  readonly ringBy: (onTick: () => void) => Bell;
  /** The routers there are when a night begins. */
  readonly routers: () => readonly { readonly id: string; readonly examine: () => Promise<void> }[];
  readonly store: Pick<AgentStore, 'readDoctor'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
}

/** The nightly doctor: rings by cron, catches one missed night up after a start, never makes two rounds at a time. */
export class Nightly {
  readonly #deps: NightlyDeps;
  readonly #stop = new AbortController();
  #bell: Bell | null = null;
  #round: Promise<void> | null = null;
  #catchUp: Promise<void> = Promise.resolve();

  constructor(deps: NightlyDeps) {
    this.#deps = deps;
  }

  start(): void {
    const bell = this.#deps.ringBy(() => {
      this.#begin(this.#deps.routers());
    });
    this.#bell = bell;
    this.#catchUp = this.#catchUpOn(bell);
  }

  /** No bell rings any more; a round under way ends after the router it is at. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#bell?.stop();
    await this.#catchUp;
    await this.#round;
  }

  /** One round at a time: a bell that rings into one is passed over. */
  #begin(routers: ReturnType<NightlyDeps['routers']>): void {
    if (this.#round !== null || this.#stop.signal.aborted) return;
    this.#round = this.#go(routers).finally(() => {
      this.#round = null;
    });
  }

  async #go(routers: ReturnType<NightlyDeps['routers']>): Promise<void> {
    const { clock, random, log } = this.#deps;
    try {
      for (const { examine } of routers) {
        await clock.sleep(random() * LONGEST_REST_MS, this.#stop.signal);
        await Promise.race([examine(), aborted(this.#stop.signal)]);
        if (this.#stop.signal.aborted) return;
      }
      log.info({ routers: routers.length }, 'nightly doctor over');
    } catch (error) {
      if (!this.#stop.signal.aborted) log.warn({ error: describeError(error) }, 'nightly doctor broken off');
    }
  }

  async #catchUpOn(bell: Bell): Promise<void> {
    const { clock, random, store, routers, log } = this.#deps;
    try {
      await clock.sleep(CATCH_UP_MS * (1 + random()), this.#stop.signal);
      const missed: ReturnType<NightlyDeps['routers']>[number][] = [];
      for (const router of routers()) {
        const last = (await store.readDoctor(router.id))?.checkedAt;
        if (hasMissed(last === undefined ? null : Date.parse(last), clock.now(), (at) => bell.rings(at)))
          missed.push(router);
      }
      if (missed.length > 0) this.#begin(missed);
    } catch (error) {
      if (!this.#stop.signal.aborted) log.warn({ error: describeError(error) }, 'missed doctor not caught up');
    }
  }
}

/** A stop does not wait for the doctor that a worker is at: its worker goes on, or ends it. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
