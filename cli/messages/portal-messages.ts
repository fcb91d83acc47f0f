import type { GardenStanding } from '../../schemas/garden-bundle.ts';
import type { DnsOutcome } from '../../schemas/portal-round.ts';

/** What `portal` and the verbs below it say. */
export interface PortalMessages {
  readonly verbs: Readonly<Record<'portal' | 'check' | 'confirm' | 'bundles', string>>;
  readonly options: Readonly<Record<'reach', string>>;
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
}
