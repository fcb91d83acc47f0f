import type { Address } from '../../schemas/address.ts';
import type { ListNames } from '../../schemas/config/agent.ts';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import type { RedirectForm } from '../../schemas/doctor.ts';
import type { RouterMode } from '../../schemas/router.ts';

/** RouterOS 6 writes a notice as `deny` + `redirect-to`, RouterOS 7 (from 7.9 on certainly) as `redirect` + `action-data`. */
export type Dialect = 'redirect-to' | 'action-data';

/**
 * Who gives the notice page: the router's web proxy, or this box, to whose `address` and `port` the router leads port 80
 * of its subscribers.
 */
export type Backend = { readonly kind: 'web-proxy' } | ({ readonly kind: 'notice-server' } & Place);

/** Where routers lead subscribers to. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

export function placeOf({ address, port }: Place): string {
  return `${address}:${port}`;
}

/**
 * Whether our own page server takes connections where it is wanted, and if not, where it still does; `unknown` to a look
 * that does not run it.
 */
export type ListenerState =
  | { readonly kind: 'listening' }
  | { readonly kind: 'down'; readonly detail: string; readonly standing?: Place }
  | { readonly kind: 'unknown' };

/** How a router's own DNS follows the walled garden. */
export interface GardenForward {
  /** The resolver it asks; null for the servers that the router has. */
  readonly to: string | null;
  /** Bundles that a walled garden may name. */
  readonly bundles: readonly GardenBundle[];
}

/** What the router's DHCP server tells the phones of these networks. */
export interface PhoneDhcp {
  /** Canonical prefixes: those of rows of `/ip/dhcp-server/network`. */
  readonly networks: readonly string[];
  /** Codes of DHCP options; each says the same. */
  readonly options: readonly number[];
  readonly url: string;
}

/** What one router is told by the configuration. */
export interface RouterSettings {
  readonly router: string;
  readonly mode: RouterMode;
  readonly lists: ListNames;
  /** The portal list's name is the default: the other spelling is used where the router has that. */
  readonly adoptsPortalList?: boolean;
  readonly backend: Backend;
  /** Of the web proxy. */
  readonly port: number;
  readonly url: string;
  readonly seenMinutes: number;
  /** Its own DNS fills the portal list too; left out where it is not to. */
  readonly gardenForward?: GardenForward;
  /** Left out where its DHCP server is to tell phones nothing. */
  readonly phoneDhcp?: PhoneDhcp;
  /** A person says that WispHub writes no more; counts only where the router does not let us see it. */
  readonly wisphubOff?: boolean;
  /** The router's subscriber prefixes: nobody outside of them is cut. Left out where the configuration names none. */
  readonly prefixes?: readonly Address[];
  /** How page URLs are written; `auto` follows what a self-test saw, and is the whole URL before that. */
  readonly redirect: 'auto' | RedirectForm;
  /** Of the configuration that says all this; a plan names it. */
  readonly fingerprint?: string;
}

/** Names of our chains; `order inside is ours alone`. The same names serve IPv4 and IPv6. */
export const CHAINS = {
  dstnat: 'wisp-edge-dstnat',
  forward: 'wisp-edge-forward',
  input: 'wisp-edge-input',
} as const;

/** The settings with `auto` decided by what the last self-test saw of this router. */
export function withRedirect(settings: RouterSettings, seen: RedirectForm | null): RouterSettings {
  return settings.redirect === 'auto' && seen !== null ? { ...settings, redirect: seen } : settings;
}
