import { Type, type Static } from 'typebox';
import { PhoneVendor } from '../phone.ts';

export const PhoneScheme = Type.Union([
  Type.Literal('digest-sha-256'),
  Type.Literal('digest-md5'),
  Type.Literal('basic'),
]);
export type PhoneScheme = Static<typeof PhoneScheme>;

export const ClientCaConfig = Type.Array(
  Type.Object(
    {
      vendor: PhoneVendor,
      ca: Type.String({ minLength: 1, description: 'file of CA certificates (PEM), the root among them' }),
    },
    { additionalProperties: false },
  ),
  {
    minItems: 1,
    description:
      'enrolled phones of these vendors may come to {publicUrl}/c/ by their factory certificate; off if left out',
  },
);
export type ClientCaConfig = Static<typeof ClientCaConfig>;

export const CredentialsConfig = Type.Object(
  {
    schemes: Type.Array(PhoneScheme, {
      minItems: 1,
      uniqueItems: true,
      default: ['digest-sha-256', 'digest-md5', 'basic'],
      description:
        'asked for in this order; some phones take the first alone. basic is asked for, and taken, over TLS or on this box only',
    }),
  },
  {
    additionalProperties: false,
    description: 'phones may come to {publicUrl}/c/ with a user and a password that enrolling gives; off if left out',
  },
);
export type CredentialsConfig = Static<typeof CredentialsConfig>;
