import { Type, type Static } from 'typebox';
import { PhoneVendor } from '../phone.ts';
import { Listen } from './control.ts';
import { SecretSource } from './secret-source.ts';

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

export const LegacyTlsConfig = Type.Object(
  {
    listen: Listen,
    certificate: Type.String({ minLength: 1 }),
    key: SecretSource,
    minVersion: Type.Union([Type.Literal('TLSv1'), Type.Literal('TLSv1.1')], { default: 'TLSv1' }),
    ciphers: Type.String({
      pattern: '^[A-Za-z0-9+!:_-]+$',
      default: 'HIGH:!aNULL:!eNULL',
      description: 'as OpenSSL lists them; its security level is 0 on this listener, and nowhere else',
    }),
  },
  {
    additionalProperties: false,
    description:
      'a listener of its own for old phones that know no TLS 1.2, at one address; what it serves names publicUrl, so that must lead those phones to it; off if left out',
  },
);
export type LegacyTlsConfig = Static<typeof LegacyTlsConfig>;

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
