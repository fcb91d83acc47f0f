import type { Brake } from '../schemas/config/agent.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterPlan } from '../schemas/router.ts';
import type { AgentStore } from '../store/ports.ts';
import type { CentralWatch } from './central-watch.ts';
import type { NamedLifts } from './core/adopt/named-lifts.ts';
import type { SettingsInForce } from './core/in-force.ts';
import type { Dialect, RouterSettings } from './core/settings.ts';
import type { DriftWatch } from './drift-watch.ts';
import type { RouterImage } from './image.ts';
import type { PassMemory, Settled } from './pass-memory.ts';
import type { Clock, NoticeDesk, RouterSession } from './ports.ts';
import type { Look } from './record.ts';
import type { SiteDesk } from './site-desk.ts';
import type { SubscriberLocks } from './subscriber-locks.ts';

/** What a pass over one router is made with. */
export interface PassDeps {
  readonly settings: RouterSettings;
  readonly limits: Brake;
  /** The configured portal: in force until the platform sends one. */
  readonly portal: Portal;
  readonly commandTimeoutMs: number;
  readonly store: AgentStore;
  readonly session: RouterSession;
  readonly image: RouterImage;
  readonly locks: SubscriberLocks;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The dialect known so far, or null. */
  readonly dialect: Dialect | null;
  /** The routers of the site: a snapshot's cuts are announced for all of them together. */
  readonly siteRouters: readonly string[];
  /** Shared by all routers of the site. */
  readonly desk: SiteDesk;
  /** `operation/subscriber` of cuts whose connections were removed; outlives the session, not the process. */
  readonly dropped: Set<string>;
  readonly memory: PassMemory;
  /** Told where a pass comes to what the last one did without deciding; a test compares that with a fresh look. */
  readonly onSettled?: ((settled: Settled, fresh: Look) => void) | undefined;
  /** What is known of the central link; left out where there is no central platform to hear from. */
  readonly central?: Pick<CentralWatch, 'stateOf'> | undefined;
  /** Follows what others change; left out for a single look. */
  readonly drift?: DriftWatch | undefined;
  /** Whether what the store shows of the router has, or may have, something of WispHub's: only then it is told again. */
  readonly shown: { isWisphub: boolean };
  /** Our own page server, where there is one. */
  readonly notices?: NoticeDesk | undefined;
  /** Told what was planned, before anything of it is written. */
  readonly onPlan?: (plan: RouterPlan) => void;
  /** Told as soon as the router has been read, before anything is written. */
  readonly onRead?: () => void;
  /** Told how the router is kept now, and what the restore lane may lift, before anything is written. */
  readonly onInForce?: (settings: SettingsInForce, lifts: NamedLifts | null) => void;
  /** Told of every write that was answered. */
  readonly onApplied?: () => void;
}
