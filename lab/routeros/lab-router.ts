import type { LabClock } from '../clock.ts';
import type { Internet } from '../internet.ts';
import type { LabTable } from './backdoor.ts';
import type { Certificate } from './certificate.ts';
import type { DataPlane } from './data-plane/plane.ts';
import type { ProbeResult, ProbeSpec } from './data-plane/probe.ts';
import type { RouterVersion } from './dialect.ts';
import type { Faults } from './faults.ts';
import type { LoginForm } from './login.ts';
import type { MemoryWire } from './memory-wire.ts';
import type { LabOnline } from './online.ts';
import type { ResolveName } from './names.ts';
import type { Network, Preset } from './presets.ts';
import type { Request } from './request.ts';
import type { Costs } from './service.ts';
import type { DeviceMode, RouterState } from './state.ts';
import type { RouterStats } from './stats.ts';
import type { Attributes } from './table.ts';
import type { ProxyTargetLot } from './upgrade.ts';

interface LabUser {
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
  /**
   * Opens api-ssl too, with a certificate made now. `unsigned`: it refuses everybody until one is signed on the router;
   * `anonymous`: without one, by anonymous Diffie-Hellman.
   */
  readonly tls?: boolean | 'unsigned' | 'anonymous';
  /** How a connection ends that `max-sessions` or `address=` bars: FIN (default) or RST (facts: both unverified). */
  readonly barsBy?: 'close' | 'reset';
  /** RouterOS 6 may put `http://` before a `redirect-to`. */
  readonly redirectTo?: 'verbatim' | 'adds-http';
  /** Menus this router has not (a package that is off). */
  readonly without?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly tlsPort?: number;
  /** The API, plain, on this wire instead of TCP. */
  readonly wire?: MemoryWire;
  /** What lies behind the WAN; default: nothing. */
  readonly internet?: Internet;
  /** The router's own resolver: DNS names in address lists, the proxy's hosts. Default: knows nothing. */
  readonly resolveName?: ResolveName;
  /** The resolver subscribers' devices were given; default 198.51.100.53. */
  readonly subscriberResolver?: string;
}

export interface SubscriberPortOptions {
  /** Comes in by the WAN interface: a stranger. */
  readonly wan?: boolean;
  /** The household's address of the other family. */
  readonly twin?: string;
}

/** A RouterOS router that listens on loopback. */
export interface LabRouter extends LabOnline {
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
  /** Firewall, connections, proxy: what the rules do with traffic. */
  readonly plane: DataPlane;
  costs: Costs;
  resetStats(): void;
  table(menu: string): LabTable;
  /** Every stored row of every menu, ids and order included, without counters and connections. */
  snapshot(): Readonly<Record<string, readonly Attributes[]>>;
  /** Called after every command served; the returned function ends it. */
  onCommand(listener: (request: Request, user: string | null) => void): () => void;
  setPassword(user: string, password: string): void;
  /** A SOCKS5 port on 127.0.0.1 whose traffic enters the router from this source address. */
  subscriberPort(address: string, options?: SubscriberPortOptions): Promise<number>;
  /** What the rules would do with a packet; changes nothing. */
  probe(spec: ProbeSpec): ProbeResult;
  /** Opens a port of the router itself towards this machine, as a host in its LAN meets it; gives its number. */
  ownPort(port: number): Promise<number>;
  /** Resolves when every DNS name in the address lists has been asked for. */
  namesSettled(): Promise<void>;
  /** All sessions are reset, dynamic rows gone, uptime back to 0; the ports refuse for `downMs`. */
  /** Runs a script at the router's console as this user, and gives what it printed. */
  console(user: string, script: string): readonly string[];
  reboot(downMs?: number): void;
  /** Reboots into another version, its configuration carried over as RouterOS would. */
  upgrade(version: RouterVersion, lot: ProxyTargetLot, downMs?: number): void;
  /** `/system/reset-configuration`: users, interfaces, addresses and services stay, so that it is still reached. */
  resetConfiguration(preset: Preset, downMs?: number): void;
  /** Drops every session and refuses new ones until `plugIn`. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}
