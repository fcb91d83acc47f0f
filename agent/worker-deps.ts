import type pino from 'pino';
import type { Brake } from '../schemas/config/agent.ts';
import type { Portal } from '../schemas/portal.ts';
import type { AgentStore } from '../store/ports.ts';
import type { CentralWatch } from './central-watch.ts';
import type { RouterSettings } from './core/settings.ts';
import type { GardenDoctor } from './doctor/garden-doctor.ts';
import type { DoctorProbes } from './doctor/ports.ts';
import type { PassDeps } from './pass-deps.ts';
import type { SiteDesk } from './site-desk.ts';
import type { Clock, ConnectRouter, NoticeDesk, ResolveHost, RouterTarget } from './ports.ts';

/** What the work on one router needs of the world. */
export interface WorkerDeps {
  readonly target: RouterTarget;
  readonly settings: RouterSettings;
  readonly limits: Brake;
  readonly portal: Portal;
  readonly reconcileEveryMs: number;
  readonly commandTimeoutMs: number;
  readonly connect: ConnectRouter;
  readonly probes: DoctorProbes;
  /** What the doctor asks the resolvers with; null where the configuration names none. */
  readonly resolve: ResolveHost | null;
  /** Looks at what is no router's own, one for the site; left out where nobody does. */
  readonly garden?: Pick<GardenDoctor, 'look'> | undefined;
  readonly store: AgentStore;
  /** All routers of the site. */
  readonly siteRouters: () => readonly string[];
  /** Our own page server, where there is one. */
  readonly notices?: NoticeDesk | undefined;
  /** What is known of the central link, one for the site; left out where there is no central platform to hear from. */
  readonly central?: Pick<CentralWatch, 'stateOf'> | undefined;
  /** One for all routers of the site. */
  readonly desk: SiteDesk;
  /** A test's look at passes that decide nothing; see `PassDeps`. */
  readonly onSettled?: PassDeps['onSettled'];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
}
