import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import { parseAddress } from '../schemas/address.ts';
import type { Portal } from '../schemas/portal.ts';
import type { AgentStore } from '../store/ports.ts';
import { updatePortalList, type HostFinding, type PortalHost } from './core/portal-list.ts';
import { gardenHosts } from './core/walled-garden.ts';
import { Alarm } from './link.ts';
import type { Clock, Resolution, ResolveHost } from './ports.ts';

/** A record's TTL is obeyed within these bounds: no storm for a TTL of 0, no day-long sleep either. */
const SHORTEST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** After a round in which a host had no answer. */
const RETRY_WAIT_MS = 15_000;
/** Hosts asked side by side. */
const HOSTS_AT_ONCE = 4;

export interface PortalTrackerDeps {
  readonly store: AgentStore;
  readonly resolve: ResolveHost | null;
  readonly portal: Portal;
  readonly alwaysReachable: readonly string[];
  readonly clock: Clock;
  readonly log: pino.Logger;
}

/** Keeps the known addresses of portal, walled garden and always-reachable hosts fresh, by TTL, in the store. */
export class PortalTracker {
  readonly #deps: PortalTrackerDeps;
  readonly #alarm: Alarm;
  readonly #stop = new AbortController();
  #done: Promise<void> | null = null;
  #unknownTold = '';

  constructor(deps: PortalTrackerDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock);
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  /** Told when it changes, not at every round. */
  #tellOnce(hosts: readonly string[], tell: (hosts: readonly string[]) => void): void {
    const told = hosts.join(' ');
    if (told !== this.#unknownTold && hosts.length > 0) tell(hosts);
    this.#unknownTold = told;
  }

  /** The portal was changed: resolve at once. */
  wake(): void {
    this.#alarm.ring();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      const waitMs = await this.#round();
      try {
        await this.#alarm.wait(waitMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
  }

  /** One round that may fail; the ms until the next. */
  async #round(): Promise<number> {
    try {
      return await this.refresh(this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted)
        this.#deps.log.error({ error: describeError(error) }, 'portal list not refreshed');
      return RETRY_WAIT_MS;
    }
  }

  /** One round over all hosts; returns the ms until the next is due. */
  async refresh(signal: AbortSignal): Promise<number> {
    const { store, clock, log } = this.#deps;
    const portal = (await store.readPortal()) ?? this.#deps.portal;
    const { hosts, fixed } = wanted(portal, this.#deps.alwaysReachable);
    const results = await this.#ask(hosts, signal);
    const known = await store.readPortalAddresses();
    const findings = results.map(({ host, use, addresses }): HostFinding => ({ host, use, addresses }));
    const update = updatePortalList(known, findings, fixed, clock.now());
    await store.recordPortalAddresses(clock.now(), update.addresses);
    if (update.held.length > 0)
      log.warn({ hosts: update.held }, 'portal list shrank by more than half; old addresses kept');
    this.#tellOnce(update.unknown, (hosts) => {
      log.warn({ hosts }, 'hosts without any known address; are the resolvers reachable, are the names right?');
    });
    if (this.#deps.resolve === null) return LONGEST_WAIT_MS;
    if (results.some(({ addresses }) => addresses === null)) return RETRY_WAIT_MS;
    const ttls = results.flatMap(({ ttlSeconds }) => (ttlSeconds === null ? [] : [ttlSeconds * 1000]));
    return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, Math.min(...ttls, LONGEST_WAIT_MS)));
  }

  async #ask(hosts: readonly PortalHost[], signal: AbortSignal): Promise<readonly Answered[]> {
    const { resolve } = this.#deps;
    const answered: Answered[] = [];
    if (resolve === null) return hosts.map((host) => ({ ...host, addresses: null, ttlSeconds: null }));
    for (let at = 0; at < hosts.length; at += HOSTS_AT_ONCE) {
      const some = hosts.slice(at, at + HOSTS_AT_ONCE);
      answered.push(
        ...(await Promise.all(some.map(async (host) => ({ ...host, ...union(await resolve(host.host, signal)) })))),
      );
    }
    return answered;
  }
}

interface Answered extends PortalHost {
  readonly addresses: readonly string[] | null;
  readonly ttlSeconds: number | null;
}

/** The union of what the resolvers answered; null when none gave an answer (their failures remove nothing). */
function union(resolutions: readonly Resolution[]): { addresses: readonly string[] | null; ttlSeconds: number | null } {
  const answers = resolutions.filter((resolution) => resolution.kind === 'answer');
  if (answers.length === 0) return { addresses: null, ttlSeconds: null };
  const all = answers.flatMap((answer) => answer.addresses);
  return {
    addresses: [...new Set(all.map(({ address }) => address))],
    ttlSeconds: all.length === 0 ? null : Math.min(...all.map(({ ttlSeconds }) => ttlSeconds)),
  };
}

/** The hosts to follow and the addresses given outright. */
function wanted(
  portal: Portal,
  alwaysReachable: readonly string[],
): { hosts: readonly PortalHost[]; fixed: readonly { address: string; use: 'portal' | 'always' }[] } {
  const isHost = (text: string): boolean => parseAddress(text) === null;
  return {
    hosts: [
      { host: portal.domain.toLowerCase(), use: 'portal' },
      ...gardenHosts(portal.walledGarden),
      ...alwaysReachable.filter(isHost).map((host) => ({ host: host.toLowerCase(), use: 'always' as const })),
    ],
    fixed: [
      ...portal.addresses.map((text) => ({ address: parseAddress(text)?.text ?? text, use: 'portal' as const })),
      ...alwaysReachable
        .filter((text) => !isHost(text))
        .map((text) => ({ address: parseAddress(text)?.text ?? text, use: 'always' as const })),
    ],
  };
}
