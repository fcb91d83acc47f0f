import type { GardenStanding } from '../../schemas/garden-bundle.ts';
import type { DnsOutcome } from '../../schemas/portal-round.ts';

/** What `portal` and the verbs below it say. */
export interface PortalMessages {
  readonly verbs: Readonly<Record<'portal' | 'check' | 'set' | 'confirm' | 'bundles', string>>;
  readonly options: Readonly<
    Record<'reach' | 'domain' | 'target' | 'noTarget' | 'address' | 'noAddress' | 'garden' | 'noGarden', string>
  >;
  readonly fields: Readonly<Record<'domain' | 'targets' | 'leadsTo' | 'checked' | 'addresses' | 'awaited', string>>;
  readonly columns: Readonly<
    Record<'resolver' | 'says' | 'way' | 'entry' | 'host' | 'standing' | 'known' | 'purpose' | 'source', string>
  >;
  readonly any: string;
  readonly never: string;
  /** When the resolvers were asked, and how long ago, s. */
  readonly askedAt: (time: string, seconds: number) => string;
  readonly outcomes: Readonly<Record<DnsOutcome, string>>;
  readonly standings: Readonly<Record<GardenStanding | 'own', string>>;
  /** What of a walled garden is known. */
  readonly addresses: (count: number) => string;
  readonly wildcard: string;
  readonly reached: Readonly<Record<'reached' | 'unresolved' | 'closed' | 'certificate', string>>;
  readonly awaits: (domain: string, positive: number, needed: number) => string;
  readonly confirmed: (host: string) => string;
  readonly notFollowed: (host: string, known: readonly string[]) => string;
  readonly noResolvers: string;
  readonly noPortal: string;
  /** The verb `set`. */
  readonly set: {
    readonly needsDomain: string;
    readonly nothingGiven: string;
    readonly nothingChanges: string;
    /** Who is led elsewhere by another domain; `checks`: good checks in a row before. */
    readonly leads: (domain: string, cutoffs: number, notices: number, checks: number) => string;
    readonly ask: string;
    readonly left: string;
    readonly needsYes: string;
  };
}
