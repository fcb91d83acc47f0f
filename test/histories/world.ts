import { furnishDhcp } from '../../agent/test/worker/wild-router.ts';
import { startLabRouter, type LabRouter } from '../../lab/routeros/router.ts';
import { seededRandom } from '../../lab/routeros/random.ts';
import type { Operation } from '../../schemas/operation.ts';
import type { Intent, IntentContext, OperationAdvance } from '../../store/ports.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import type { Backend, Setup } from './actions.ts';
import { AdoptionWatch } from './adoption-watch.ts';
import { startAgentProcess, type AgentProcess } from './agent-process.ts';
import { Braked, checkWhole } from './braked.ts';
import { concerns, type Ask, type Asked, type Entry } from './asks.ts';
import { isWisphubs } from './draw-adoption.ts';
import { comparedWithFresh } from './fresh-decision.ts';
import { cutBy, learn } from './learn.ts';
import { LISTENER_NETWORK, ListenerPlace } from './listener-place.ts';
import { differing, Model } from './model.ts';
import { Modems } from './modems.ts';
import { Operator } from './operator.ts';
import type { Pace } from './pace.ts';
import { FIRST_DOMAIN, overlap, PORTALS } from './places.ts';
import { RouterWatch } from './router-watch.ts';

/** Notices of a commit reach the agent after so long: it polls every 50 ms. */
const POLL_MS = 50;

/** Routers, control's store and an agent on it, the same time for all of them, and somebody who watches. */
export class World {
  readonly pace: Pace;
  readonly setup: Setup;
  readonly routers = new Map<string, RouterWatch>();
  /** The router that WispHub set up, where there is one. */
  adopted: AdoptionWatch | null = null;
  readonly modems: Modems;
  readonly model: Model;
  readonly records: Entry[] = [];
  readonly asked = new Map<string, Asked>();
  /** The person who releases what the brake holds. */
  readonly operator: Operator;
  /** Operations whose cuts were announced. */
  readonly announced = new Set<string>();
  readonly braked = new Braked();
  readonly violations: string[] = [];
  readonly listener = new ListenerPlace(() => {
    for (const watch of this.routers.values()) watch.glance('the page server opened');
  });
  /** Counts what happened: edits of routers, instructions. */
  seq = 0;
  isDnsLost = false;
  /** Decisions that passes were given again. */
  kept = 0;
  /** The generation in force, which deltas stand on, and the newest one given, which may be held. */
  readonly #generation = { living: 0, newest: 0 };
  readonly #file: string;
  readonly #store: Store;
  readonly #random: () => number;
  /** When a subscriber was spoken of last, and which operations have wanted him cut since he was open. */
  readonly #spokenOf = new Map<string, number>();
  readonly #named = new Map<string, number>();
  /** Asks that control has not answered yet: nobody knows whether what the agent does now comes before or after. */
  readonly #asking = new Set<Ask>();
  readonly #cutBy = new Map<string, Set<string>>();
  readonly #answered = new Map<string, Set<string>>();
  readonly #portalAt = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  #agent: AgentProcess | null = null;
  #skewMs = 0;
  #number = 0;
  #isNews = false;

  private constructor(pace: Pace, setup: Setup, file: string) {
    this.pace = pace;
    this.setup = setup;
    this.modems = new Modems(this.routers, setup.people);
    this.model = new Model(FIRST_DOMAIN, this.modems);
    this.#file = file;
    this.#random = seededRandom(setup.seed ^ 0x5eed);
    this.#store = openStore({ file, site: 'lab', now: () => this.wall(), monotonic: () => pace.clock.now() });
    const ids = setup.routers.map(({ id }) => id);
    this.operator = new Operator(this.#store.control, ids, seededRandom(setup.seed ^ 0x5403));
  }

  /** `file` is a database that is its own: empty, or freshly migrated. */
  static async start(pace: Pace, setup: Setup, file: string): Promise<World> {
    const world = new World(pace, setup, file);
    for (const { id, version, preset, backend, phones } of setup.routers) {
      const wire = pace.wire();
      const lab = await startLabRouter({
        identity: id,
        version,
        preset,
        clock: pace.clock,
        seed: setup.seed,
        ...(wire === null ? {} : { wire }),
        ...(isWisphubs({ preset }) ? { resolveName: firstAnswer } : {}),
      });
      lab.table('/ip/address').add({ address: LISTENER_NETWORK, interface: 'ether2' }, { force: true });
      if (phones) furnishDhcp(lab);
      const parts = { id, lab, wire, backend };
      if (isWisphubs({ preset })) world.adopted = new AdoptionWatch(world, parts);
      else world.routers.set(id, new RouterWatch(world, parts));
    }
    for (const { id, address } of setup.people) {
      const router = setup.subscribers.find((one) => one.id === id)?.router ?? 'r0';
      if (address !== null) world.modems.move(id, router, address);
    }
    world.startAgent();
    return world;
  }

  get store(): Store['control'] {
    return this.#store.control;
  }

  get agentView(): Store['agent'] {
    return this.#store.agent;
  }

  get isAgentUp(): boolean {
    return this.#agent !== null;
  }

  /** Milliseconds of the history. */
  get elapsed(): number {
    return this.pace.clock.now();
  }

  wall(): number {
    return Math.floor(this.pace.clock.wall()) + this.#skewMs;
  }

  jump(ms: number): void {
    this.#skewMs += ms;
    this.records.push({ at: this.elapsed, what: 'clock-jump', ms });
  }

  /** Of all routers. */
  watches(): readonly (RouterWatch | AdoptionWatch)[] {
    return [...this.routers.values(), ...(this.adopted === null ? [] : [this.adopted])];
  }

  watch(id: string): RouterWatch | AdoptionWatch {
    const watch = this.watches().find((one) => one.id === id);
    if (watch === undefined) throw new RangeError(`no router ${id}`);
    return watch;
  }

  lab(id: string): LabRouter {
    return this.watch(id).lab;
  }

  complain(promise: string, what: string): void {
    if (this.violations.length < 20)
      this.violations.push(`${promise} at ${(this.elapsed / 1000).toFixed(1)} s: ${what}`);
  }

  startAgent(): void {
    if (this.#agent !== null) return;
    const { setup, pace } = this;
    this.#agent = startAgentProcess({
      file: this.#file,
      routers: setup.routers.map(({ id, driver, preset, phones }) => ({
        id,
        driver,
        isAssisted: isWisphubs({ preset }),
        tellsPhones: phones,
        host: this.lab(id).host,
        port: this.lab(id).port,
        backend: this.watch(id).backend,
      })),
      listener: this.listener,
      brake: setup.brake,
      reconcileEveryMs: Math.max(100, setup.reconcileEveryMs * pace.scale),
      commandTimeoutMs: pace.scale === 1 ? 1000 : 500,
      resolve: (host) => Promise.resolve([this.#answer(host)]),
      random: this.#random,
      onSettled: comparedWithFresh((difference) => {
        this.kept += 1;
        if (difference !== null) this.complain('memory', difference);
      }),
      wall: () => this.wall(),
      busy: pace.busy,
      transport: (isAlive) => pace.transport((id) => this.watch(id).wire, isAlive),
      onAdvanced: (advances) => {
        this.#advanced(advances);
      },
      onRecorded: (plan) => {
        this.braked.noted(plan);
      },
      watch: pace.scale === 1 ? (signal, onChange) => this.#watched(signal, onChange) : null,
    });
  }

  killAgent(): void {
    this.#agent?.kill();
    this.#agent = null;
    this.listener.vacate();
  }

  /** A person edits the configuration: an agent that is down finds it when it starts. */
  reconfigure(router: string, backend: Backend): void {
    this.watch(router).backend = backend;
    this.#agent?.reconfigure(router, backend);
    this.records.push({ at: this.elapsed, what: 'backend', router, backend });
  }

  /** Somebody dials in elsewhere, or no more. */
  move(who: string, router: string, address: string | null): void {
    this.modems.move(who, router, address);
    this.records.push({ at: this.elapsed, what: 'moved', who, router, address });
  }

  /** The page server's port is lost to another program. */
  loseListener(): void {
    this.listener.take();
    for (const watch of this.routers.values()) watch.noteChange();
  }

  /** Asks control for something; false when it says no, which changes nothing. */
  async ask(ask: Ask): Promise<boolean> {
    this.pace.busy.count += 1;
    try {
      this.#number += 1;
      this.records.push({ at: this.elapsed, what: 'ask', ask });
      const context: IntentContext = {
        actor: { name: 'history', via: 'api' },
        at: this.wall(),
        operation: `op-${this.#number}`,
        routers: this.setup.routers.map(({ id }) => id),
      };
      // The agent may act on it before control has answered.
      for (const { id, router, addresses } of cutBy(this.model, ask))
        this.watches()
          .find((watch) => watch.id === router)
          ?.suspect(id, addresses);
      if (ask.kind === 'intent' && ask.intent.kind === 'claim')
        this.watch(ask.intent.router).claim(ask.intent.subscribers);
      this.#asking.add(ask);
      const operation = await this.#put(ask, context);
      if (ask.kind === 'intent' && ask.intent.kind === 'release') await this.#released(ask.intent, context.at);
      if (operation === undefined) return false;
      this.seq += 1;
      const subscriber = ask.kind === 'intent' && 'id' in ask.intent ? ask.intent.id : null;
      const before = new Map(this.model.wanted);
      this.#learn(ask, context);
      const changed = ask.kind === 'intent' ? [] : differing(before, this.model.wanted);
      if (operation !== null && ask.kind === 'intent' && ask.intent.kind === 'adopt')
        this.adopted?.asked(ask.intent.step, operation.id);
      const takenAt = ask.kind === 'snapshot' && ask.rows.length > 0 ? context.at - ask.ageMs : null;
      if (operation !== null) {
        const { id, kind, state } = operation;
        const asked = { id, kind, subscriber, changed, takenAt, seq: this.seq };
        this.asked.set(id, asked);
        this.#asking.delete(ask);
        if (state === 'verified') checkWhole(this, asked, null);
      }
      for (const watch of this.routers.values()) watch.recall();
      this.#tell();
      return true;
    } finally {
      this.#asking.delete(ask);
      this.pace.busy.count -= 1;
    }
  }

  /** When something was said of a subscriber last; `Infinity` while something is being said. */
  lastAsked(subscriber: string): number {
    if ([...this.#asking].some((ask) => concerns(ask, subscriber))) return Number.POSITIVE_INFINITY;
    return this.#spokenOf.get(subscriber) ?? 0;
  }

  /** When something was instructed of him by name last, by the wall. */
  lastNamed(subscriber: string): number {
    return this.#named.get(subscriber) ?? Number.NEGATIVE_INFINITY;
  }

  /** The brake does not count his cut: it was announced, or a person let it through. */
  isFree(subscriber: string): boolean {
    const operations = [...(this.#cutBy.get(subscriber) ?? [])];
    return operations.some(
      (operation) => this.announced.has(operation) || this.operator.isReleased({ operation, subscriber }),
    );
  }

  hasRival(router: string, ip: string): boolean {
    const others = [...this.routers.values()].filter(({ id }) => id !== router);
    return others.some(
      (other) =>
        other.isLedToListener({ ip }) ||
        (other.backend === 'notice-server' && other.hosts().some(({ address }) => overlap(address, ip))),
    );
  }

  /** Where a host name of the portal stands by what the agent was ever told. */
  knownAddresses(host: string): readonly string[] {
    return [...(this.#answered.get(host) ?? [])];
  }

  addressesOf(host: string): readonly string[] {
    const places = PORTALS.get(host) ?? [];
    return places[(this.#portalAt.get(host) ?? 0) % Math.max(1, places.length)] ?? [];
  }

  movePortal(): void {
    const { domain } = this.model;
    this.#portalAt.set(domain, (this.#portalAt.get(domain) ?? 0) + 1);
    this.records.push({ at: this.elapsed, what: 'portal-moved' });
  }

  async close(): Promise<void> {
    this.killAgent();
    this.#store.close();
    await Promise.all(this.watches().map(({ lab }) => lab.close()));
  }

  #learn(ask: Ask, { at, operation }: IntentContext): void {
    const about = learn(this.model, ask, at) ?? [...this.model.wanted.keys()];
    for (const id of about) {
      this.#spokenOf.set(id, this.seq);
      if (ask.kind === 'delta' || (ask.kind === 'intent' && 'id' in ask.intent)) this.#named.set(id, at);
      const wanted = this.model.wanted.get(id);
      if ((wanted?.cut ?? null) === null) {
        this.#cutBy.delete(id);
        for (const watch of this.watches()) watch.forgetCut(id);
        continue;
      }
      this.#cutBy.set(id, (this.#cutBy.get(id) ?? new Set()).add(operation));
    }
  }

  /** What control made of it: the operation, null for none, undefined when it was refused. */
  async #put(ask: Ask, context: IntentContext): Promise<Pick<Operation, 'id' | 'kind' | 'state'> | null | undefined> {
    const { control } = this.#store;
    if (ask.kind === 'intent') {
      const result = await control.acceptIntent(ask.intent, context);
      if (result.outcome !== 'accepted') return undefined;
      return result.operation;
    }
    const generation = this.#generation.newest + 1;
    const head = { generation, hash: `hash-${generation}` };
    if (ask.kind === 'delta') {
      const delta = { baseGeneration: this.#generation.living, generation, put: [...ask.put], remove: [...ask.remove] };
      const result = await control.applyDelta(delta, head.hash, context);
      if (result.outcome !== 'accepted') return undefined;
      Object.assign(this.#generation, { living: generation, newest: generation });
      return result.operation;
    }
    const stage = `stage-${context.operation}`;
    await control.stageSnapshot(stage, ask.rows);
    const result = await control.switchSnapshot(
      stage,
      { ...head, takenAt: context.at - ask.ageMs, expectedCuts: ask.expectedCuts },
      context,
    );
    if (result.outcome !== 'accepted') return undefined;
    this.#generation.newest = generation;
    if (ask.rows.length > 0) this.#generation.living = generation;
    if (ask.expectedCuts !== null) this.announced.add(context.operation);
    return result.operation;
  }

  async #released(intent: Extract<Intent, { kind: 'release' }>, at: number): Promise<void> {
    const { releases } = await this.agentView.desiredFor(intent.router);
    const unseen = this.operator.heard(intent, releases, at);
    if (unseen.length > 0)
      this.complain('I8', `${intent.router}: ${unseen.join(', ')} let through, and shown to nobody`);
  }

  #advanced(advances: readonly OperationAdvance[]): void {
    for (const advance of advances) {
      const asked = this.asked.get(advance.id);
      if (advance.state !== 'verified' || asked === undefined) continue;
      this.watch(advance.router).verified(asked);
      checkWhole(this, asked, advance.router);
    }
  }

  #answer(host: string): Awaited<ReturnType<Parameters<typeof startAgentProcess>[0]['resolve']>>[number] {
    const addresses = this.addressesOf(host);
    if (this.isDnsLost || addresses.length === 0)
      return { kind: 'server-failure', resolver: 'dns', detail: 'the resolver is away' };
    const known = this.#answered.get(host) ?? new Set();
    for (const address of addresses) known.add(address);
    this.#answered.set(host, known);
    return {
      kind: 'answer',
      resolver: 'dns',
      chain: [host],
      addresses: addresses.map((address) => ({ address, ttlSeconds: 60 })),
    };
  }

  #tell(): void {
    if (this.#isNews) return;
    this.#isNews = true;
    this.pace.clock.at(this.pace.clock.now() + POLL_MS, () => {
      this.#isNews = false;
      for (const watcher of this.#watchers) watcher();
    });
  }

  #watched(signal: AbortSignal, onChange: (head: number) => void): Promise<void> {
    const watcher = (): void => {
      void this.#store.control.head().then(onChange);
    };
    this.#watchers.add(watcher);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        this.#watchers.delete(watcher);
        resolve();
      });
    });
  }
}

/** What a router's own resolver says of the portal's names: where they stood at first, for the promises are not about it. */
function firstAnswer(name: string, family: 4 | 6): Promise<readonly { address: string; ttlSeconds: number }[]> {
  const [places = []] = PORTALS.get(name) ?? [];
  const addresses = places.filter((address) => address.includes(':') === (family === 6));
  return Promise.resolve(addresses.map((address) => ({ address, ttlSeconds: 86_400 })));
}
