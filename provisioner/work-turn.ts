import type { ProvisionerStore } from '../store/phone-ports.ts';
import type { Registrar } from './core/registrar.ts';
import type { Clock } from './ports.ts';
import type { Prober } from './prober.ts';
import type { Served } from './served.ts';
import type { Underway } from './underway.ts';

export interface WorkDeps {
  readonly store: Pick<
    ProvisionerStore,
    'openWork' | 'advanceWork' | 'fetchesSince' | 'recordRegistrations' | 'lastRegistration' | 'formerKeys'
  >;
  readonly prober: Pick<Prober, 'verify' | 'notify'>;
  readonly served: Pick<Served, 'phone' | 'isLeftAlone'>;
  /** As they are now: both may change meanwhile. */
  readonly registrars: () => ReadonlyMap<string, Registrar>;
  /** A phone that was told to fetch may take so long, ms. */
  readonly fetchMs: () => number;
  readonly clock: Clock;
  readonly underway: Underway;
  /** One turn may take so long, with all that waits for its turn at the registrar, ms. */
  readonly stepMs: () => number;
  readonly signal: AbortSignal;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** Ended, or to be looked at again then; null: when it is woken. */
export type WorkTurn = { readonly kind: 'ended' } | { readonly kind: 'wait'; readonly until: number | null };
