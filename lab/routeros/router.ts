import { systemClock, type LabClock } from '../clock.ts';
import { labTable, snapshot, type LabTable } from './backdoor.ts';
import { selfSigned, type Certificate } from './certificate.ts';
import type { RouterVersion } from './dialect.ts';
import { Dispatch } from './dispatch.ts';
import { Faults } from './faults.ts';
import type { LoginForm } from './login.ts';
import { applyPreset, DEFAULT_NETWORK, type Network, type Preset } from './presets.ts';
import { seededRandom } from './random.ts';
import type { Request } from './request.ts';
import { Listener } from './server.ts';
import { NO_COSTS, type Costs } from './service.ts';
import type { Session } from './session.ts';
import { createState, POLICIES, tableOf, type DeviceMode, type RouterState } from './state.ts';
import { Tally, type RouterStats } from './stats.ts';
import type { Attributes } from './table.ts';
import { isFromAllowed } from './users.ts';

export interface LabUser {
  readonly name: string;
  readonly password: string;
  /** `full` (default), `write`, `read`, or one of `groups`. */
  readonly group?: string;
}

export interface LabRouterOptions {
  readonly version?: RouterVersion;
  readonly identity?: string;
  /** Default: one user `edge` with password `edge`, group full. */
  readonly users?: readonly LabUser[];
  /** Groups beside read, write and full: the policy words each allows. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly login?: LoginForm;
  /** `/ip/service max-sessions`; default 20. */
  readonly maxSessions?: number;
  readonly preset?: Preset;
  readonly network?: Network;
  readonly deviceMode?: Partial<DeviceMode>;
  readonly costs?: Partial<Costs>;
  readonly clock?: LabClock;
  /** Seed of all chance but the fault script's. */
  readonly seed?: number;
  /** Opens api-ssl too, with a certificate made now. */
  readonly tls?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly tlsPort?: number;
}

/** A RouterOS router that listens on loopback. */
export interface LabRouter {
  readonly host: string;
  /** The API, plain. */
  readonly port: number;
  /** api-ssl; 0 without `tls`. */
  readonly tlsPort: number;
  readonly certificate: Certificate | null;
  readonly state: RouterState;
  readonly faults: Faults;
  readonly deviceMode: DeviceMode;
  readonly stats: RouterStats;
  costs: Costs;
  resetStats(): void;
  table(menu: string): LabTable;
  /** Every stored row of every menu, ids and order included, without counters and connections. */
  snapshot(): Readonly<Record<string, readonly Attributes[]>>;
  /** Called after every command served; the returned function ends it. */
  onCommand(listener: (request: Request, user: string | null) => void): () => void;
  setPassword(user: string, password: string): void;
  /** All sessions are reset, dynamic rows gone, uptime back to 0; the ports refuse for `downMs`. */
  reboot(downMs?: number): void;
  /** Drops every session and refuses new ones until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

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
  readonly #watchers = new Set<(request: Request, user: string | null) => void>();
  #isClosed = false;
  #cancelBoot: (() => void) | null = null;

  constructor(options: LabRouterOptions) {
    const clock = options.clock ?? systemClock();
    this.host = options.host ?? '127.0.0.1';
    this.costs = { ...NO_COSTS, ...options.costs };
    this.state = createState(options.version ?? '7.24', clock, options.identity ?? 'lab');
    Object.assign(this.state.deviceMode, options.deviceMode);
    addUsers(this.state, options);
    applyPreset(this.state, options.preset ?? 'empty', options.network ?? DEFAULT_NETWORK);
    this.certificate = options.tls === true ? selfSigned(options.identity ?? 'lab', clock.wall()) : null;
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
    const plain = this.#listener('api', options.port ?? 0, null);
    const { certificate } = this;
    this.#listeners =
      certificate === null ? [plain] : [plain, this.#listener('api-ssl', options.tlsPort ?? 0, certificate)];
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

  reboot(downMs = 0): void {
    const { clock, tables } = this.state;
    this.#dispatch.clear();
    for (const table of tables.values()) {
      for (const row of table.rows().filter(({ isDynamic, isBuiltin }) => isDynamic && !isBuiltin))
        table.remove(row.id);
      table.counters.clear();
    }
    this.state.bootedAt = clock.now() + downMs;
    this.#cancelBoot?.();
    void this.#shut('reset').then(() => {
      if (this.#isClosed) return;
      this.#cancelBoot = clock.at(clock.now() + downMs, () => {
        if (!this.#isClosed) void this.plugIn();
      });
    });
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
    await this.#shut('destroy');
  }

  async #shut(how: 'reset' | 'destroy'): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.shut(how)));
  }

  #listener(service: 'api' | 'api-ssl', port: number, certificate: Certificate | null): Listener {
    return new Listener({
      host: this.host,
      port,
      certificate,
      mayEnter: (from) => this.#mayEnter(service, from),
      sentence: (session, words) => {
        this.#dispatch.receive(session, words);
      },
      opened: (session) => {
        this.#sessions.add(session);
        this.#tally.sessions.add(session);
        this.#tally.sessionsEver += 1;
      },
      ended: (session) => {
        for (const stop of session.running.values()) stop();
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
    const most = Number(row?.attributes['max-sessions'] ?? 20);
    return this.#sessions.size < most && isFromAllowed(row?.attributes['address'], from);
  }
}

function addUsers(state: RouterState, options: LabRouterOptions): void {
  for (const [name, allowed] of Object.entries(options.groups ?? {})) {
    const policy = POLICIES.map((word) => (allowed.includes(word) ? word : `!${word}`)).join(',');
    tableOf(state, '/user/group').insert({ attributes: { name, policy, skin: 'default' } });
  }
  for (const { name, password, group } of options.users ?? [{ name: 'edge', password: 'edge' }]) {
    tableOf(state, '/user').insert({ attributes: { name, group: group ?? 'full', address: '' } });
    state.passwords.set(name, password);
  }
  if (options.maxSessions === undefined) return;
  const table = tableOf(state, '/ip/service');
  for (const row of table.rows()) {
    table.replace(row.id, { attributes: { ...row.attributes, 'max-sessions': String(options.maxSessions) } });
  }
}
