import { Type, type Static } from 'typebox';
import { plainText } from './extension.ts';
import { Id } from './ids.ts';
import { PhoneVendor } from './phone.ts';

/** How a phone lent by the provider came to be no longer in use here. */
export const ReturnCause = Type.Enum(['returned', 'phone-deleted', 'lines-removed', 'owner-changed'] as const, {
  description:
    'returned: somebody said that it was given back; phone-deleted; lines-removed: it has no line in comodato any more; owner-changed: its lines are no longer in comodato',
});
export type ReturnCause = Static<typeof ReturnCause>;

/** POST /v1/phones/{mac}/return */
export const PhoneReturn = Type.Object(
  {
    serial: Type.Optional(plainText(64, 'serial number, as on its label, where the phone has none here')),
    note: Type.Optional(plainText(200, 'who took it, in which state it is')),
  },
  { additionalProperties: false },
);
export type PhoneReturn = Static<typeof PhoneReturn>;

/** POST /v1/comodato/{id}/acknowledge */
export const Acknowledge = Type.Object(
  { ticket: Type.Optional(plainText(64, 'the provider’s own number for it')) },
  { additionalProperties: false },
);
export type Acknowledge = Static<typeof Acknowledge>;

const orNull = { Text: Type.Union([Type.String(), Type.Null()]) };

/** GET /v1/comodato/{id}: the ticket record in which the service of a phone in comodato ends. It is never forgotten. */
export const ComodatoReturn = Type.Object({
  id: Id,
  state: Type.Enum(['open', 'acknowledged'] as const, { description: 'open until the central has acknowledged it' }),
  cause: ReturnCause,
  at: Type.String(),
  by: Type.Object({ name: Type.String(), via: Type.String({ description: 'api | cli | central | daemon' }) }),
  mac: Type.String(),
  vendor: PhoneVendor,
  model: orNull.Text,
  serial: Type.Union([Type.String(), Type.Null()], { description: 'if it is known' }),
  label: orNull.Text,
  site: Type.Union([Type.String(), Type.Null()], { description: 'of the first line that names one' }),
  extensions: Type.Array(Type.String(), { description: 'its lines in comodato, until then' }),
  note: orNull.Text,
  acknowledged: Type.Union([Type.Object({ at: Type.String(), by: Type.String(), ticket: orNull.Text }), Type.Null()]),
});
export type ComodatoReturn = Static<typeof ComodatoReturn>;
