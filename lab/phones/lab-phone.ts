import type { LabClock } from '../clock.ts';
import type { Applied, LabLine, LabVendor } from './vendor.ts';

export interface LabPhoneOptions {
  readonly vendor: LabVendor;
  /** Twelve hex digits. */
  readonly mac: string;
  /** What a person typed into it, or DHCP gave it: an enrolmentUrl or a provisioningUrl. */
  readonly url: string;
  readonly clock?: LabClock;
  /** Certificate to trust for https, PEM. */
  readonly ca?: string;
  /** Asks who sends a NOTIFY. Default: as the vendor's phones come. */
  readonly challengesNotify?: boolean;
  /** How long after a REGISTER that was refused or not answered, or a round that found no file, it tries again; default 2 s. */
  readonly retryMs?: number;
  readonly pnp?: LabPnp;
}

/** Asks the group 224.0.1.75 for its URL when it starts, and takes `url` where nobody tells it one. */
export interface LabPnp {
  readonly port: number;
  /** How it writes itself into the request; default `MAC%3A` and upper case. */
  readonly target?: string;
  /** So many NOTIFYs do not reach it, and so many of its answers to them reach nobody. */
  readonly loses?: Readonly<Partial<Record<'notify' | 'answer', number>>>;
}

/** How it misbehaves; may be changed at any time. */
export interface Misbehaviour {
  /** It asks for no file. */
  neverFetches: boolean;
  /** It fetches and stores, and never registers. */
  neverRegisters: boolean;
  /** `481` to every NOTIFY, or no answer at all. */
  notify: 'taken' | '481' | 'silent';
  /** How long it thinks before it fetches, ms. */
  slowMs: number;
  /** The MAC in its User-Agent: another one, or none. */
  toldMac: string | null;
}

/** One file it asked for. */
export interface LabFetch {
  readonly at: number;
  readonly url: string;
  readonly file: string;
  readonly status: number;
  readonly sha256: string | null;
  /** What it did with the file; null when there was none. */
  readonly applied: Applied | null;
  /** It came encrypted, whether the phone could read it or not. */
  readonly encrypted: boolean;
  /** SIP keys the file held. */
  readonly keys: readonly string[];
}

export interface LabNotify {
  readonly event: string;
  readonly status: number | null;
  /** It carried a digest: a second try. */
  readonly hasAuthorization: boolean;
}

export interface LabLineState extends LabLine {
  /** The key the registrar accepted last; null: not registered. */
  readonly registeredWith: string | null;
  readonly lastStatus: number | null;
  /** How often it was accepted since the line was set up with these settings. */
  readonly registrations: number;
}

/** An IP phone on loopback: real HTTP, real SIP, the rules of its vendor. */
export interface LabPhone {
  readonly mac: string;
  readonly vendor: LabVendor;
  /** Where it fetches from now. */
  readonly url: string;
  readonly sipPort: number;
  readonly misbehaviour: Misbehaviour;
  readonly lines: readonly LabLineState[];
  readonly fetches: readonly LabFetch[];
  readonly notifies: readonly LabNotify[];
  readonly reboots: number;
  /** Every SIP key that any file ever gave it: what was never proven must not be in it (I11). */
  readonly keysGiven: ReadonlySet<string>;
  /** Fetches now, as its poll timer would, and does what the files say. */
  poll(): Promise<void>;
  /** Off and on again: bindings stay at the registrar, files are fetched if its settings say so. */
  reboot(): Promise<void>;
  /** Resolves with the first fetch that `fits`, whether before or after the call. */
  untilFetched(fits: (fetch: LabFetch) => boolean, timeoutMs?: number): Promise<LabFetch>;
  /** Resolves once a line is registered, with that key if one is given. */
  untilRegistered(user: string, key?: string, timeoutMs?: number): Promise<LabLineState>;
  untilNotified(fits: (notify: LabNotify) => boolean, timeoutMs?: number): Promise<LabNotify>;
  /** Pulls the plug: nothing is taken back at the registrar. */
  close(): Promise<void>;
}
