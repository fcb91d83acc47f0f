import { setMaxListeners } from 'node:events';
import type pino from 'pino';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { AgentStore } from '../../store/ports.ts';
import { byGravity } from '../core/doctor/examine.ts';
import { finding } from '../core/findings/table.ts';
import { gardenOf, reachEach, reachFindings, type HostReach } from '../garden-reach.ts';
import type { Clock, ResolveHost } from '../ports.ts';
import type { DoctorProbes } from './ports.ts';
import { within } from './within.ts';

/** All hosts together; what was not tried by then is not judged. */
const DEADLINE_MS = 60_000;
/** One port of one address. */
const PROBE_MS = 3000;
/** What was seen so lately is not looked at again: a night's round asks once a router. */
const FRESH_MS = 300_000;

export interface GardenDoctorDeps {
  readonly store: Pick<AgentStore, 'readPortal' | 'recordSiteDoctor'>;
  /** The configured portal: in force until the platform sends one. */
  readonly portal: Portal;
  readonly bundles: readonly GardenBundle[];
  /** Null where the configuration names no resolver: then nothing is tried. */
  readonly resolve: ResolveHost | null;
  readonly reach: DoctorProbes['reachPortal'];
  readonly clock: Clock;
  readonly log: pino.Logger;
}

/**
 * Whether the hosts of the walled garden answer this box: once for the site, whichever router's doctor asks, for none of
 * them is a router's matter. One look at a time, and a fresh one serves all who ask.
 */
export class GardenDoctor {
  readonly #deps: GardenDoctorDeps;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #seen: { readonly at: number; readonly of: string } | null = null;

  constructor(deps: GardenDoctorDeps) {
    this.#deps = deps;
  }

  /** Looks, unless it was done lately; what is found is in the store then. Rejects with the store's errors. */
  async look(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#stop.signal.aborted) return;
    this.#running ??= this.#go().finally(() => {
      this.#running = null;
    });
    // Whoever is stopped does not wait for what others asked for too.
    await Promise.race([this.#running, aborted(signal)]);
  }

  /** Begins no other, and ends the one under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => undefined);
  }

  async #go(): Promise<void> {
    const { store, clock, log, resolve, bundles } = this.#deps;
    const portal = (await store.readPortal()) ?? this.#deps.portal;
    const of = portal.walledGarden.join(' ');
    const isFresh = this.#seen?.of === of && clock.monotonic() - this.#seen.at < FRESH_MS;
    if (isFresh || resolve === null) return;
    const hosts = gardenOf({ portal, bundles });
    const reached: HostReach[] = [];
    await within(DEADLINE_MS, this.#stop.signal, clock, async (signal) => {
      // Every question in flight listens to it.
      setMaxListeners(0, signal);
      const options = { timeoutMs: PROBE_MS, signal };
      try {
        for await (const some of reachEach(hosts, { portal, bundles, resolve, reach: this.#deps.reach, options }))
          reached.push(...some);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    });
    if (this.#stop.signal.aborted) return;
    if (reached.length < hosts.length)
      log.warn({ tried: reached.length, hosts: hosts.length }, 'walled garden not looked at to the end');
    this.#seen = { at: clock.monotonic(), of };
    const findings = [...byGravity(gardenFindings(reached))];
    await store.recordSiteDoctor({ checkedAt: new Date(clock.now()).toISOString(), findings });
  }
}

/** Where not one of several is reached it is this box that has no way, and one finding says more than all of them. */
function gardenFindings(reached: readonly HostReach[]): ReturnType<typeof reachFindings> {
  const [first] = reached;
  if (first === undefined || reached.length < 2 || reached.some(({ outcome }) => outcome === 'reached'))
    return reachFindings(reached);
  return [
    finding('garden-none-reached', { count: reached.length, host: first.host, why: first.detail ?? first.outcome }),
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
