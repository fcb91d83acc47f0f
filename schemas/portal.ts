import { Type, type Static } from 'typebox';
import { AddressText } from './address.ts';

export const HostName = Type.String({
  maxLength: 253,
  pattern:
    '^(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$',
  examples: ['clientes.example.net'],
});
export type HostName = Static<typeof HostName>;

/** POST /v1/portal/confirm: what vanished of this host from DNS is really gone. */
export const PortalConfirm = Type.Object(
  {
    host: Type.Unsafe<string>({
      ...HostName,
      description: 'as `portal/check` names it: the domain, or one of the garden',
    }),
  },
  { additionalProperties: false },
);
export type PortalConfirm = Static<typeof PortalConfirm>;

/** What a person confirmed. */
export const PortalConfirmed = Type.Object({
  host: Type.String(),
  at: Type.String({ description: 'addresses that had vanished before go when they were away for 24 h' }),
});
export type PortalConfirmed = Static<typeof PortalConfirmed>;

/** PUT /v1/portal: where notices lead, and what a cut subscriber can still reach. */
export const Portal = Type.Object(
  {
    domain: HostName,
    cnameTargets: Type.Array(HostName, { maxItems: 16 }),
    addresses: Type.Array(AddressText, { maxItems: 256 }),
    walledGarden: Type.Array(HostName, { maxItems: 256, description: 'bundle names or host names' }),
  },
  { additionalProperties: false },
);
export type Portal = Static<typeof Portal>;

/** One address of the portal list with its story; the 24 h grace survives restarts through it. Times in ms. */
export interface PortalAddress {
  readonly address: string;
  /** The host it was resolved from; `config` for a configured address. */
  readonly host: string;
  /** `portal` = the portal's own chain or configured addresses; `garden` = walled garden; `always` = always reachable. */
  readonly use: 'portal' | 'garden' | 'always';
  readonly firstSeen: number;
  readonly lastSeen: number;
}
