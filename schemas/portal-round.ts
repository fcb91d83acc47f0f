import { Type, type Static } from 'typebox';
import { Finding } from './finding.ts';

/** What became of one question to one resolver. */
export const DnsOutcome = Type.Union([
  Type.Literal('answer'),
  Type.Literal('no-data'),
  Type.Literal('no-such-name'),
  Type.Literal('server-failure'),
  Type.Literal('timeout'),
  Type.Literal('invalid'),
]);
export type DnsOutcome = Static<typeof DnsOutcome>;

/** What one resolver said of the portal's domain. */
export const ResolverAnswer = Type.Object({
  resolver: Type.String(),
  outcome: DnsOutcome,
  chain: Type.Array(Type.String(), { description: 'the domain, and the CNAMEs that were followed from it, in order' }),
  addresses: Type.Array(Type.String()),
  detail: Type.Union([Type.String(), Type.Null()]),
});
export type ResolverAnswer = Static<typeof ResolverAnswer>;

/** A portal that was found good: notices lead to its domain. */
export const PortalLead = Type.Object({ domain: Type.String(), cnameTargets: Type.Array(Type.String()) });
export type PortalLead = Static<typeof PortalLead>;

/** A portal that is wanted, and not led to before it was seen good often enough. Times in ms. */
export const AwaitedPortal = Type.Object({
  domain: Type.String(),
  cnameTargets: Type.Array(Type.String()),
  /** Good rounds in a row so far. */
  positive: Type.Integer(),
  /** When the last of them was. */
  countedAt: Type.Integer(),
  since: Type.Integer(),
});
export type AwaitedPortal = Static<typeof AwaitedPortal>;

/** The last round of questions about the portal, as the agent stores it. */
export const PortalRound = Type.Object({
  at: Type.Integer(),
  domain: Type.String(),
  resolvers: Type.Array(ResolverAnswer),
  lead: PortalLead,
  awaited: Type.Union([AwaitedPortal, Type.Null()]),
  /** Good rounds that a switch takes. */
  checks: Type.Integer(),
  findings: Type.Array(Finding),
  /** Addresses that only answers which lead elsewhere gave, while that lasts. */
  doubtful: Type.Optional(Type.Array(Type.String())),
});
export type PortalRound = Static<typeof PortalRound>;
