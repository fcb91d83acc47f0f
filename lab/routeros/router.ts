import { systemClock } from '../clock.ts';
import { Internet } from '../internet.ts';
import { labTable, snapshot, type LabTable } from './backdoor.ts';
import { selfSigned, type Certificate } from './certificate.ts';
import { runConsole } from './console/console.ts';
import { Dispatch } from './dispatch.ts';
import { Faults } from './faults.ts';
import { DataPlane } from './data-plane/plane.ts';
import type { RouterVersion } from './dialect.ts';
import type { ProbeResult, ProbeSpec } from './data-plane/probe.ts';
import type { LabRouter, LabRouterOptions, SubscriberPortOptions } from './lab-router.ts';
import { OwnPort } from './data-plane/own-port.ts';
import { Subscriber } from './data-plane/subscriber.ts';
import { ListKeeper, type ResolveName } from './names.ts';
import type { MemoryWire } from './memory-wire.ts';
import { addPreset, applyPreset, DEFAULT_NETWORK, type Preset } from './presets.ts';
import { seededRandom } from './random.ts';
import type { Request } from './request.ts';
import { labOnline, type LabOnline, type SessionOptions } from './online.ts';
import { RouterDns } from './router-dns.ts';
import { Listener } from './server.ts';
import { NO_COSTS, type Costs } from './service.ts';
import type { Session } from './session.ts';
import { addUsers, useCertificate } from './first-users.ts';
import { createState, tableOf, type DeviceMode, type RouterState } from './state.ts';
import { Tally, type RouterStats } from './stats.ts';
import type { Attributes } from './table.ts';
import { isFromAllowed } from './users.ts';
import { clearConfiguration, upgradeState, type ProxyTargetLot } from './upgrade.ts';

export type { LabRouter, LabRouterOptions } from './lab-router.ts';

/** Starts a router on 127.0.0.1, ports chosen by the system. */
export async function startLabRouter(options: LabRouterOptions = {}): Promise<LabRouter> {
  const router = new Router(options);
  await router.plugIn();
  return router;
}

class Router implements LabRouter {
  readonly host: string;
  readonly certificate: Certificate | null;
  readonly state: RouterState;
  readonly faults = new Faults();
  costs: Costs;
  readonly #tally = new Tally();
  readonly #sessions = new Set<Session>();
  readonly #listeners: readonly Listener[];
  readonly #dispatch: Dispatch;
  readonly plane: DataPlane;
  readonly #keeper: ListKeeper;
  readonly #online: LabOnline;
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #subscriberResolver: string;
  readonly #watchers = new Set<(request: Request, user: string | null) => void>();
  readonly #barsBy: 'close' | 'reset';
  readonly #ownPorts: OwnPort[] = [];
  readonly #isAnonymous: boolean;
  #isClosed = false;
  #cancelBoot: (() => void) | null = null;

  constructor(options: LabRouterOptions) {
    const clock = options.clock ?? systemClock();
    this.host = options.host ?? '127.0.0.1';
    this.costs = { ...NO_COSTS, ...options.costs };
    this.state = createState(options.version ?? '7.24', clock, options.identity ?? 'lab');
    Object.assign(this.state.deviceMode, options.deviceMode);
    const resolve: ResolveName = options.resolveName ?? (() => Promise.resolve([]));
    this.#keeper = new ListKeeper(this.state, resolve);
    this.#online = labOnline(this.state);
    this.plane = new DataPlane(this.state, options.internet ?? new Internet(), resolve);
    const dns = new RouterDns(this.state, resolve);
    this.plane.localUdp(
      53,
      (query, _caller, reply) => {
        dns.serve(query, reply);
      },
      () => dns.isOn,
    );
    this.#subscriberResolver = options.subscriberResolver ?? '198.51.100.53';
    addUsers(this.state, options);
    applyPreset(this.state, options.preset ?? 'empty', options.network ?? DEFAULT_NETWORK);
    this.state.addsHttp = options.redirectTo === 'adds-http';
    for (const menu of options.without ?? []) this.state.menus.delete(menu);
    this.state.active = () =>
      [...this.#sessions].flatMap(({ user, from, loggedInAt, service }) =>
        user === null ? [] : [{ user, from: from.replace(/^::ffff:/, ''), via: service, at: loggedInAt }],
      );
    this.#barsBy = options.barsBy ?? 'close';
    const isShown = options.tls === true || options.tls === 'unsigned';
    this.certificate = isShown ? selfSigned(options.identity ?? 'lab', clock.wall()) : null;
    this.state.fingerprint = this.certificate?.sha256 ?? null;
    if (options.tls === true) useCertificate(this.state, 'lab-api');
    this.#dispatch = new Dispatch({
      state: this.state,
      faults: this.faults,
      tally: this.#tally,
      costs: () => this.costs,
      login: options.login ?? 'plain',
      random: seededRandom(options.seed ?? 1),
      reboot: (downMs) => {
        this.reboot(downMs);
      },
      onServed: (request, user) => {
        for (const watcher of this.#watchers) watcher(request, user);
      },
    });
    this.state.apiLoad = () => this.#dispatch.loadPercent;
    const plain = this.#listener('api', options.port ?? 0, null, options.wire ?? null);
    this.#isAnonymous = options.tls === 'anonymous';
    const certificate = this.#isAnonymous ? 'anonymous' : this.certificate;
    this.#listeners =
      certificate === null ? [plain] : [plain, this.#listener('api-ssl', options.tlsPort ?? 0, certificate, null)];
  }

  get port(): number {
    return this.#listeners[0]?.port ?? 0;
  }

  get tlsPort(): number {
    return this.#listeners[1]?.port ?? 0;
  }

  get deviceMode(): DeviceMode {
    return this.state.deviceMode;
  }

  get stats(): RouterStats {
    return this.#tally.read();
  }

  resetStats(): void {
    this.#tally.reset();
  }

  table(menu: string): LabTable {
    return labTable(this.state, menu);
  }

  snapshot(): Readonly<Record<string, readonly Attributes[]>> {
    return snapshot(this.state);
  }

  onCommand(listener: (request: Request, user: string | null) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  setPassword(user: string, password: string): void {
    this.state.passwords.set(user, password);
  }

  async subscriberPort(address: string, options: SubscriberPortOptions = {}): Promise<number> {
    const key = `${address} ${options.twin ?? ''} ${options.wan === true ? 'wan' : 'lan'}`;
    const known = this.#subscribers.get(key);
    if (known !== undefined) return known.port;
    const subscriber = new Subscriber({
      address,
      isWan: options.wan ?? false,
      resolver: this.#subscriberResolver,
      plane: this.plane,
      clock: this.state.clock,
      ...(options.twin === undefined ? {} : { twin: options.twin }),
    });
    this.#subscribers.set(key, subscriber);
    return subscriber.open();
  }

  probe(spec: ProbeSpec): ProbeResult {
    return this.plane.probe(spec);
  }

  connectPpp(name: string, address: string, options?: SessionOptions): string {
    return this.#online.connectPpp(name, address, options);
  }

  disconnectPpp(name: string): void {
    this.#online.disconnectPpp(name);
  }

  lease(mac: string, address: string): string {
    return this.#online.lease(mac, address);
  }

  expireLease(mac: string): void {
    this.#online.expireLease(mac);
  }

  async ownPort(port: number): Promise<number> {
    const { plane, host } = this;
    const destination = plane.firewall.addressOn('bridge', 4) ?? '0.0.0.0';
    const own = new OwnPort({ plane, clock: this.state.clock, host, destination, port });
    this.#ownPorts.push(own);
    return own.open();
  }

  namesSettled(): Promise<void> {
    return this.#keeper.settled();
  }

  console(user: string, script: string): readonly string[] {
    return runConsole(this.state, user, script);
  }

  reboot(downMs = 0): void {
    const { clock, tables } = this.state;
    this.#dispatch.clear();
    for (const table of tables.values()) {
      for (const row of table.rows().filter(({ isDynamic, isBuiltin }) => isDynamic && !isBuiltin))
        table.remove(row.id);
      table.counters.clear();
    }
    this.state.bootedAt = clock.now() + downMs;
    this.#keeper.refresh();
    this.#cancelBoot?.();
    void this.#shut('reset').then(() => {
      if (this.#isClosed) return;
      this.#cancelBoot = clock.at(clock.now() + downMs, () => {
        if (!this.#isClosed) void this.plugIn();
      });
    });
  }

  upgrade(version: RouterVersion, lot: ProxyTargetLot, downMs = 0): void {
    upgradeState(this.state, version, lot);
    this.reboot(downMs);
  }

  resetConfiguration(preset: Preset, downMs = 0): void {
    clearConfiguration(this.state);
    addPreset(this.state, preset);
    this.reboot(downMs);
  }

  async unplug(): Promise<void> {
    this.#cancelBoot?.();
    this.#dispatch.clear();
    await this.#shut('reset');
  }

  async plugIn(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.open()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelBoot?.();
    this.#dispatch.clear();
    this.#keeper.close();
    this.plane.close();
    await Promise.all([
      this.#shut('destroy'),
      ...this.#ownPorts.map((one) => one.close()),
      ...[...this.#subscribers.values()].map((one) => one.close()),
    ]);
  }

  async #shut(how: 'reset' | 'destroy'): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.shut(how)));
  }

  #listener(
    service: 'api' | 'api-ssl',
    port: number,
    certificate: Certificate | 'anonymous' | null,
    wire: MemoryWire | null,
  ): Listener {
    return new Listener({
      host: this.host,
      port,
      certificate,
      barsBy: this.#barsBy,
      wire,
      mayEnter: (from) => this.#mayEnter(service, from),
      sentence: (session, words) => {
        this.#dispatch.receive(session, words);
      },
      opened: (session) => {
        session.service = service;
        this.#sessions.add(session);
        this.#tally.sessions.add(session);
        this.#tally.sessionsEver += 1;
      },
      ended: (session) => {
        for (const stop of session.streams.values()) stop();
        this.#sessions.delete(session);
        this.#tally.sessions.delete(session);
      },
    });
  }

  #mayEnter(service: string, from: string): boolean {
    const row = tableOf(this.state, '/ip/service')
      .rows()
      .find(({ attributes }) => attributes['name'] === service);
    if (row?.attributes['disabled'] === 'true') return false;
    // It offers anonymous Diffie-Hellman, which no client of today takes by itself.
    if (row?.attributes['certificate'] === 'none' && !this.#isAnonymous) return false;
    const most = Number(row?.attributes['max-sessions'] ?? 20);
    // 7.24 has both; who fits neither stays out.
    const limits = [row?.attributes['address'], row?.attributes['available-from']];
    return this.#sessions.size < most && limits.every((limit) => isFromAllowed(limit, from));
  }
}
