import type { RouterStatus } from '../schemas/router.ts';
import type { Secret } from '../schemas/secret.ts';
import type { ControlStore } from '../store/ports.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Intents } from './intents.ts';
import type { Metrics } from './metrics.ts';
import type { PhoneIntents } from './phone-intents.ts';
import type { Settings } from './settings.ts';
import type { Snapshots } from './snapshots.ts';
import type { Clock } from './clock.ts';

/** What route handlers may use; plain values, passed as one argument. */
export interface Api {
  readonly site: string;
  readonly version: string;
  readonly startedAt: number;
  readonly clock: Clock;
  readonly store: ControlStore;
  readonly intents: Intents;
  readonly phoneIntents: PhoneIntents;
  readonly snapshots: Snapshots;
  readonly metrics: Metrics;
  /** Keyed hashes, for the marks of SIP keys. */
  readonly fingerprint: Fingerprint;
  /** A fresh token of 128 random bits. */
  readonly newToken: () => Secret;
  /** A fresh id of a rotation. */
  readonly newRotation: () => string;
  settings(): Settings;
  /** Every router of the configuration with what the agent last said of it. */
  routers(): Promise<readonly RouterStatus[]>;
  /** Ids of the routers an instruction may name. */
  routerIds(): Promise<readonly string[]>;
  /** The document that GET /openapi.json gives. */
  openApi(): unknown;
}
