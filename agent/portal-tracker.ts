import { setMaxListeners } from 'node:events';
import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import { parseAddress } from '../schemas/address.ts';
import type { Finding } from '../schemas/finding.ts';
import type { GardenBundle } from '../schemas/garden-bundle.ts';
import type { PortalRound } from '../schemas/portal-round.ts';
import type { Portal, PortalAddress } from '../schemas/portal.ts';
import type { AgentStore } from '../store/ports.ts';
import { finding } from './core/findings/table.ts';
import { judgeChain } from './core/portal-chain.ts';
import { LONGEST_WAIT_MS, nextDue, RETRY_WAIT_MS, type AskedHost, type HostDue } from './core/portal-due.ts';
import { isSameLead, leadOf, nextLead } from './core/portal-lead.ts';
import { MOST_ADDRESSES, updatePortalList, type HostFinding, type PortalHost } from './core/portal-list.ts';
import { siftStrays, type Sifted } from './core/portal-strays.ts';
import { gardenHosts } from './core/walled-garden.ts';
import { Alarm } from './link.ts';
import { answersOf, unionOf } from './portal-answers.ts';
import type { Clock, Resolution, ResolveHost } from './ports.ts';

/** Hosts asked side by side. */
const HOSTS_AT_ONCE = 4;

/** What the configuration says of how the portal is checked. */
export interface PortalRules {
  /** Hosts of the staff, in lower case, that the portal's chain must not pass. */
  readonly adminHosts: readonly string[];
  /** Good rounds in a row before notices lead to another portal. */
  readonly checks: number;
}

export interface PortalTrackerDeps {
  readonly store: AgentStore;
  readonly resolve: ResolveHost | null;
  readonly portal: Portal;
  readonly rules: PortalRules;
  readonly bundles: readonly GardenBundle[];
  readonly alwaysReachable: readonly string[];
  readonly clock: Clock;
  readonly log: pino.Logger;
}

/**
 * Keeps the known addresses of portal, walled garden and always-reachable hosts fresh, by TTL, in the store, and says
 * where notices lead.
 */
export class PortalTracker {
  readonly #deps: PortalTrackerDeps;
  readonly #alarm: Alarm;
  readonly #stop = new AbortController();
  #done: Promise<void> | null = null;
  #unknownTold = '';
  #heldTold = '';
  /** Hosts that were asked, and when each is to be asked again. */
  #due = new Map<string, HostDue>();

  constructor(deps: PortalTrackerDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock);
    // Every question in flight listens to it.
    setMaxListeners(0, this.#stop.signal);
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  /** One round for a look without an agent. However many hosts are asked, one listener is on the caller's signal. */
  async once(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => {
      this.#stop.abort(signal.reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.refresh(this.#stop.signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** The portal was changed: every host is asked at once. */
  wake(): void {
    this.#due.clear();
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

  /** One round over the hosts that are due; returns the ms until the next one is. */
  async refresh(signal: AbortSignal): Promise<number> {
    const { store, clock } = this.#deps;
    const portal = (await store.readPortal()) ?? this.#deps.portal;
    const before = await store.readPortalRound();
    const { hosts, fixed } = wanted(portal, before, this.#deps);
    const due = hosts.filter(({ host }) => (this.#due.get(host)?.at ?? Number.NEGATIVE_INFINITY) <= clock.monotonic());
    const asked = await this.#ask(due, signal);
    const domain = portal.domain.toLowerCase();
    const sifted = new Map(
      asked.filter(({ use }) => use === 'portal').map((one) => [one.host, this.#sift(one, portal, before)]),
    );
    const answers = new Map(asked.map((one) => [keyOf(one), unionOf(believed(one, sifted))]));
    const doubtful = sifted.get(domain)?.doubtful ?? before?.doubtful ?? [];
    const isSure = sifted.has(domain) && sifted.get(domain)?.straying.size === 0;
    const findings = hosts.map((host): HostFinding => ({
      ...host,
      addresses: null,
      ...answers.get(keyOf(host)),
      ...(isSure && host.use === 'portal' && host.host === domain ? { strays: doubtful } : {}),
    }));
    const known = await store.readPortalAddresses();
    const confirmed = await store.readPortalConfirmations();
    const update = updatePortalList(known, findings, fixed, clock.now(), confirmed);
    const ofPortal = asked.find(({ host, use }) => use === 'portal' && host === domain);
    const round =
      ofPortal === undefined && this.#deps.resolve !== null
        ? before
        : this.#judge(portal, before, {
            resolutions: ofPortal?.resolutions ?? [],
            targetAddresses: await this.#askTargets(portal, before, ofPortal?.resolutions ?? [], signal),
            known,
            held: update.held,
            full: update.full,
            doubtful: isSure && answers.get(`portal ${domain}`)?.addresses !== null ? [] : doubtful,
          });
    await store.recordPortalAddresses(clock.now(), update.addresses, round, update.voided);
    await this.#tellAlarms(before, round);
    this.#tellHosts(update.held, update.unknown);
    return this.#waitMs(asked, hosts, round?.awaited !== null);
  }

  /** What this round says of the portal: its chain, and where notices lead from now on. */
  #judge(
    portal: Portal,
    before: PortalRound | null,
    { resolutions, targetAddresses, known, held, full, doubtful }: RoundAnswers,
  ): PortalRound {
    const { clock, resolve, rules } = this.#deps;
    const domain = portal.domain.toLowerCase();
    const cnameTargets = portal.cnameTargets.map((host) => host.toLowerCase());
    const resolvers = [...answersOf(resolutions)];
    const { adminHosts } = rules;
    const proof = targetAddresses === null ? {} : { targetAddresses };
    const { isGood, findings } = judgeChain(resolvers, { domain, cnameTargets, adminHosts, ...proof });
    const now = clock.now();
    const seen = { isGood, isAsked: resolve !== null, checks: rules.checks, now };
    const { lead, awaited } = nextLead(before, portal, known, seen);
    const more: Finding[] = held.includes(domain) ? [finding('portal-shrunk', { hosts: [domain] })] : [];
    if (full.length > 0) more.push(finding('portal-list-full', { hosts: full, most: MOST_ADDRESSES }));
    if (awaited !== null) {
      const { positive } = awaited;
      more.push(finding('portal-awaited', { domain, from: lead.domain, positive, checks: rules.checks }));
    }
    const judged = {
      at: now,
      domain,
      resolvers,
      lead,
      awaited,
      checks: rules.checks,
      findings: [...findings, ...more],
    };
    return doubtful.length === 0 ? judged : { ...judged, doubtful: [...doubtful] };
  }

  /** Which answers about a host of the portal may be believed: by the targets it has, or had while it is still led to. */
  #sift({ host, resolutions }: Asked, portal: Portal, before: PortalRound | null): Sifted {
    const { adminHosts } = this.#deps.rules;
    const leads = [leadOf(portal), ...(before === null ? [] : [before.lead])].filter(({ domain }) => domain === host);
    const rules = leads.map(({ domain, cnameTargets }) => ({ domain, cnameTargets, adminHosts }));
    const isWanted = before?.domain === host;
    return siftStrays(answersOf(resolutions), rules, isWanted ? (before.doubtful ?? []) : []);
  }

  /**
   * What the targets resolve to, where a switch hangs on an answer without alias; null where it does not. A target that
   * nobody knows proves nothing.
   */
  async #askTargets(
    portal: Portal,
    before: PortalRound | null,
    resolutions: readonly Resolution[],
    signal: AbortSignal,
  ): Promise<readonly string[] | null> {
    const isPlain = answersOf(resolutions).some(({ outcome, chain }) => outcome === 'answer' && chain.length <= 1);
    if (!isPlain || before === null || isSameLead(before.lead, leadOf(portal))) return null;
    const targets = leadOf(portal).cnameTargets.map((host) => ({ host, use: 'portal' as const }));
    return (await this.#ask(targets, signal)).flatMap((one) => unionOf(one.resolutions).addresses ?? []);
  }

  /** The event is for what a person should look at, told when it changes. */
  async #tellAlarms(before: PortalRound | null, round: PortalRound | null): Promise<void> {
    if (round === null || round === before) return;
    const codes = alarmsOf(round);
    if (codes.join(' ') === alarmsOf(before).join(' ')) return;
    const { store, clock, log } = this.#deps;
    const data = {
      domain: round.domain,
      findings: codes,
      chains: round.resolvers.map(({ resolver, outcome, chain }) => ({ resolver, outcome, chain })),
    };
    await store.appendEvent({ at: clock.now(), type: 'portal.chain', subject: 'portal/portal', router: null, data });
    const details = round.findings.map(({ detail }) => detail);
    if (codes.length > 0)
      log.warn({ domain: round.domain, findings: codes, details }, 'the portal’s domain is not as it should be');
    else log.info({ domain: round.domain }, 'the portal’s domain is as it should be');
  }

  /** Told when it changes, not at every round. */
  #tellHosts(held: readonly string[], unknown: readonly string[]): void {
    const { log } = this.#deps;
    if (held.join(' ') !== this.#heldTold && held.length > 0)
      log.warn({ hosts: held }, 'portal list shrank by more than half; old addresses kept');
    if (unknown.join(' ') !== this.#unknownTold && unknown.length > 0)
      log.warn(
        { hosts: unknown },
        'hosts without any known address; are the resolvers reachable, are the names right?',
      );
    this.#heldTold = held.join(' ');
    this.#unknownTold = unknown.join(' ');
  }

  #waitMs(asked: readonly Asked[], hosts: readonly PortalHost[], isAwaiting: boolean): number {
    if (this.#deps.resolve === null) return LONGEST_WAIT_MS;
    const now = this.#deps.clock.monotonic();
    const learned = asked.map(({ host, use, resolutions }): AskedHost => {
      const { addresses, ttlSeconds } = unionOf(resolutions);
      return { host, use, ttlSeconds, isAnswered: addresses !== null };
    });
    const next = new Map([...this.#due, ...nextDue(learned, this.#due, isAwaiting, now)]);
    this.#due = new Map([...next].filter(([host]) => hosts.some((one) => one.host === host)));
    return Math.max(0, Math.min(LONGEST_WAIT_MS, ...[...this.#due.values()].map(({ at }) => at - now)));
  }

  async #ask(hosts: readonly PortalHost[], signal: AbortSignal): Promise<readonly Asked[]> {
    const { resolve } = this.#deps;
    const asked: Asked[] = [];
    if (resolve === null) return asked;
    for (let at = 0; at < hosts.length; at += HOSTS_AT_ONCE) {
      const some = hosts.slice(at, at + HOSTS_AT_ONCE);
      asked.push(
        ...(await Promise.all(some.map(async (host) => ({ ...host, resolutions: await resolve(host.host, signal) })))),
      );
    }
    return asked;
  }
}

/** What one round learned of the wanted portal. */
interface RoundAnswers {
  readonly resolutions: readonly Resolution[];
  /** As `ChainRules` has them; null where nobody asked. */
  readonly targetAddresses: readonly string[] | null;
  readonly known: readonly PortalAddress[];
  readonly held: readonly string[];
  readonly full: readonly string[];
  /** As the round keeps them. */
  readonly doubtful: readonly string[];
}

interface Asked extends PortalHost {
  readonly resolutions: readonly Resolution[];
}

function believed({ host, resolutions, use }: Asked, sifted: ReadonlyMap<string, Sifted>): readonly Resolution[] {
  const straying = use === 'portal' ? sifted.get(host)?.straying : undefined;
  return straying === undefined ? resolutions : resolutions.filter(({ resolver }) => !straying.has(resolver));
}

function keyOf({ host, use }: PortalHost): string {
  return `${use} ${host}`;
}

function alarmsOf(round: PortalRound | null): readonly string[] {
  return (round?.findings ?? []).filter(({ severity }) => severity !== 'info').map(({ code }) => code);
}

/** The hosts to follow and the addresses given outright. Where notices still lead is followed as the portal is. */
function wanted(
  portal: Portal,
  before: PortalRound | null,
  { alwaysReachable, bundles }: Pick<PortalTrackerDeps, 'alwaysReachable' | 'bundles'>,
): { hosts: readonly PortalHost[]; fixed: readonly { address: string; use: 'portal' | 'always' }[] } {
  const isHost = (text: string): boolean => parseAddress(text) === null;
  const domain = portal.domain.toLowerCase();
  const domains = new Set([domain, before?.lead.domain ?? domain]);
  return {
    hosts: [
      ...[...domains].map((host) => ({ host, use: 'portal' as const })),
      ...gardenHosts(portal.walledGarden, bundles),
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
