import type { Identity } from './whereabouts.ts';
import type { Mischief } from '../../agent/test/worker/wild-router.ts';
import type { Fault, FaultTrigger } from '../../lab/routeros/faults.ts';
import type { ProxyTargetLot } from '../../lab/routeros/upgrade.ts';
import type { DriverName } from '../../agent/adapters/routeros/connect.ts';
import type { Preset } from '../../lab/routeros/presets.ts';
import type { RouterVersion } from '../../lab/routeros/dialect.ts';
import type { Brake } from '../../schemas/config/agent.ts';
import type { AdoptStep } from '../../schemas/adoption.ts';
import type { Delta, NoticeKind, SubscriberState } from '../../schemas/subscriber.ts';

/** What a history is played on. */
export interface Setup {
  readonly seed: number;
  readonly routers: readonly {
    readonly id: string;
    readonly version: RouterVersion;
    /** One that WispHub set up is only assisted until it is taken over. */
    readonly preset: Preset;
    readonly driver: DriverName;
    readonly backend: Backend;
    /** Its DHCP server tells phones of a network where to ask. */
    readonly phones: boolean;
  }[];
  readonly brake: Brake;
  readonly reconcileEveryMs: number;
  readonly subscribers: readonly SubscriberState[];
  readonly people: readonly Person[];
}

/** How a subscriber may be known; a run must have drawn each. */
export const KNOWN_BY = ['address', 'ppp', 'mac'] as const satisfies readonly (Identity['kind'] | 'address')[];

/** Somebody whom routers show by a name or a MAC: a subscriber, or one whom nobody knows. */
export interface Person {
  readonly id: string;
  readonly by: Identity;
  /** His addresses are declared too. */
  readonly declares: boolean;
  /** Where he is online at first. */
  readonly address: string | null;
}

/** Who gives a router's notice pages; at first, for it may be configured anew. */
export const BACKENDS = ['web-proxy', 'notice-server'] as const;
export type Backend = (typeof BACKENDS)[number];

/** From when to when, in ms from the moment the instruction is given; null: left out. */
export interface Term {
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/** What the central platform says. */
export type Instruction =
  | { readonly kind: 'cut'; readonly id: string; readonly term: Term; readonly ownPage: boolean }
  | { readonly kind: 'restore'; readonly id: string }
  | {
      readonly kind: 'notice';
      readonly id: string;
      readonly notice: NoticeKind;
      readonly term: Term;
      readonly once: boolean;
    }
  | { readonly kind: 'notice-end'; readonly id: string; readonly notice: NoticeKind }
  | { readonly kind: 'put'; readonly subscriber: SubscriberState }
  | { readonly kind: 'delete'; readonly id: string }
  | {
      readonly kind: 'snapshot';
      readonly subscribers: readonly SubscriberState[];
      readonly expectedCuts: number | null;
      readonly ageMs: number;
    }
  | { readonly kind: 'empty-snapshot' }
  | { readonly kind: 'delta'; readonly put: NonNullable<Delta['put']>; readonly remove: readonly string[] }
  | { readonly kind: 'storm'; readonly ids: readonly string[] }
  | { readonly kind: 'release' }
  | { readonly kind: 'portal'; readonly domain: string }
  | { readonly kind: 'reissue' }
  | { readonly kind: 'reconcile'; readonly router: string }
  | { readonly kind: 'claim'; readonly router: string; readonly ids: readonly string[] }
  | { readonly kind: 'adopt'; readonly router: string; readonly step: AdoptStep };

/** What the world does. */
export type Event =
  | { readonly kind: 'edit'; readonly router: string; readonly mischief: Mischief }
  | { readonly kind: 'fault'; readonly router: string; readonly trigger: FaultTrigger; readonly fault: Fault }
  | { readonly kind: 'reboot'; readonly router: string; readonly downMs: number }
  | { readonly kind: 'upgrade'; readonly router: string; readonly lot: ProxyTargetLot; readonly downMs: number }
  | { readonly kind: 'reset-configuration'; readonly router: string; readonly preset: Preset; readonly downMs: number }
  | { readonly kind: 'link-lost'; readonly router: string; readonly forMs: number }
  | { readonly kind: 'crash'; readonly downMs: number }
  | { readonly kind: 'dns-lost'; readonly forMs: number }
  | { readonly kind: 'portal-moved' }
  | { readonly kind: 'clock-jump'; readonly ms: number }
  | { readonly kind: 'backend'; readonly router: string; readonly backend: Backend }
  | { readonly kind: 'listener-lost'; readonly forMs: number }
  /** A session or a lease comes to another address, or ends; on the router of a subscriber who is known, else on this one. */
  | { readonly kind: 'moved'; readonly who: string; readonly router: string; readonly address: string | null }
  | { readonly kind: 'calm' };

export type Act = Instruction | Event;

/** What is drawn of a stream of chance of its own (beside.ts, draw-adoption.ts). */
export type Beside = 'backend' | 'listener-lost' | 'moved' | 'claim' | 'adopt';

export interface Action {
  readonly act: Act;
  /** In the middle of work: when this router has served so many more commands. Null: at once. */
  readonly strike: { readonly router: string; readonly commands: number } | null;
  /** How long the world goes on before the next action. */
  readonly thenMs: number;
}

/** Every kind of action there is; a run must have drawn each. */
export const ACT_KINDS = [
  'cut',
  'restore',
  'notice',
  'notice-end',
  'put',
  'delete',
  'snapshot',
  'empty-snapshot',
  'delta',
  'storm',
  'release',
  'portal',
  'reissue',
  'reconcile',
  'claim',
  'adopt',
  'edit',
  'fault',
  'reboot',
  'upgrade',
  'reset-configuration',
  'link-lost',
  'crash',
  'dns-lost',
  'portal-moved',
  'clock-jump',
  'backend',
  'listener-lost',
  'moved',
  'calm',
] as const satisfies readonly Act['kind'][];

/** Every kind of fault the lab has but `edit`, which is an action here. */
export const FAULT_KINDS = [
  'latency',
  'reset',
  'close',
  'half-sentence',
  'one-byte-chunks',
  'hang',
  'stuck',
  'fatal',
  'unknown-word',
  'duplicate-reply',
  'trap',
  'reboot',
] as const satisfies readonly Fault['kind'][];

export interface History {
  readonly setup: Setup;
  readonly actions: readonly Action[];
}
