import { Type, type Static } from 'typebox';
import { GardenHost, GardenStanding } from './garden-bundle.ts';
import { ResolverAnswer } from './portal-round.ts';
import { Finding } from './router.ts';

/** POST /v1/portal/check: what the store knows of the portal's reachability, and what nobody looked at. */
export const PortalCheck = Type.Object({
  domain: Type.String(),
  cnameTargets: Type.Array(Type.String()),
  chain: Type.Object({
    state: Type.Union([Type.Literal('resolved'), Type.Literal('stale'), Type.Literal('unknown')], {
      description: 'resolved: seen within the hour; stale: older; unknown: the agent never saw an address of it',
    }),
    hosts: Type.Array(Type.String(), { description: 'hosts of the chain that had addresses' }),
    lastSeen: Type.Union([Type.String(), Type.Null()]),
    checkedAt: Type.Union([Type.String(), Type.Null()], { description: 'when the resolvers were last asked' }),
    resolvers: Type.Array(ResolverAnswer, { description: 'what each said then' }),
  }),
  leadsTo: Type.Union([Type.String(), Type.Null()], { description: 'the domain that notices lead to now' }),
  awaited: Type.Union(
    [
      Type.Object({
        domain: Type.String(),
        cnameTargets: Type.Array(Type.String()),
        positive: Type.Integer({ description: 'good checks in a row so far' }),
        needed: Type.Integer(),
        since: Type.String(),
      }),
      Type.Null(),
    ],
    { description: 'the portal that notices will lead to when DNS was seen good often enough' },
  ),
  addresses: Type.Array(
    Type.Object({
      address: Type.String(),
      host: Type.String(),
      use: Type.Union([Type.Literal('portal'), Type.Literal('garden'), Type.Literal('always')]),
      firstSeen: Type.String(),
      lastSeen: Type.String(),
    }),
  ),
  garden: Type.Array(
    Type.Object({
      entry: Type.String({ description: 'as it stands in walledGarden' }),
      kind: Type.Union([Type.Literal('bundle'), Type.Literal('host'), Type.Literal('unknown')]),
      hosts: Type.Array(
        Type.Object({
          host: Type.String(),
          standing: Type.Union([GardenStanding, Type.Null()], { description: 'null: a host of your own' }),
          purpose: Type.Union([GardenHost.properties.purpose, Type.Null()]),
          source: Type.Union([Type.String(), Type.Null()]),
          addresses: Type.Array(Type.String(), { description: 'known now; a wildcard has none of its own' }),
        }),
      ),
    }),
    { description: 'the walled garden, and what of it is known' },
  ),
  findings: Type.Array(Finding),
  notChecked: Type.Array(Type.String(), { description: 'what this preflight does not look at, in words' }),
});
export type PortalCheck = Static<typeof PortalCheck>;
