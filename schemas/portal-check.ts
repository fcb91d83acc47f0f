import { Type, type Static } from 'typebox';
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
  }),
  addresses: Type.Array(
    Type.Object({
      address: Type.String(),
      host: Type.String(),
      use: Type.Union([Type.Literal('portal'), Type.Literal('garden'), Type.Literal('always')]),
      firstSeen: Type.String(),
      lastSeen: Type.String(),
    }),
  ),
  findings: Type.Array(Finding),
  notChecked: Type.Array(Type.String(), { description: 'what this preflight does not look at, in words' }),
});
export type PortalCheck = Static<typeof PortalCheck>;
