import { Type, type Static } from 'typebox';
import { FileEncryption } from '../file-encryption.ts';
import { Id } from '../ids.ts';
import { Listen } from './control.ts';
import { ClientCaConfig, CredentialsConfig, LegacyTlsConfig } from './phone-access.ts';
import { SecretSource } from './secret-source.ts';

export const SipConfig = Type.Union(
  [
    Type.Object({ stack: Type.Literal('embedded') }, { additionalProperties: false }),
    Type.Object(
      {
        stack: Type.Literal('drachtio'),
        host: Type.String({ minLength: 1, default: '127.0.0.1' }),
        port: Type.Integer({ minimum: 1, maximum: 65535, default: 9022 }),
        secret: SecretSource,
      },
      { additionalProperties: false },
    ),
  ],
  { default: { stack: 'embedded' }, description: '{ stack: embedded } | { stack: drachtio, host, port, secret }' },
);
export type SipConfig = Static<typeof SipConfig>;

export const RegistrarConfig = Type.Object(
  {
    id: Type.Unsafe<string>({ ...Id }),
    domain: Type.String({ minLength: 1, maxLength: 253, description: 'the server that phones are given' }),
    uri: Type.String({
      pattern: '^sips?:[^\\s]+$',
      description: 'where we probe',
      examples: ['sip:192.0.2.10:5060;transport=udp'],
    }),
    probeMode: Type.Optional(
      Type.Union([Type.Literal('query'), Type.Literal('register'), Type.Literal('observe')], {
        description: 'query | register | observe; set only when proven',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RegistrarConfig = Static<typeof RegistrarConfig>;

export const PnpConfig = Type.Object(
  {
    address: Type.String({
      minLength: 7,
      maxLength: 15,
      description: 'IPv4 address of this box in the network of the phones; nobody outside of that network is answered',
      examples: ['192.0.2.2'],
    }),
    port: Type.Integer({ minimum: 1, maximum: 65535, default: 5060, description: 'phones ask at 5060' }),
  },
  {
    additionalProperties: false,
    description:
      'tells phones that ask by SIP PnP (multicast 224.0.1.75) their enrolmentUrl, those alone whose enrolment is open; off if left out',
  },
);
export type PnpConfig = Static<typeof PnpConfig>;

export const ProvisionerConfig = Type.Object(
  {
    listen: Listen,
    publicUrl: Type.String({
      pattern: '^https?://[^\\s/]+(/[^\\s]*)?$',
      description: 'how phones reach us',
      examples: ['https://phones.example.net:8471'],
    }),
    plainHttp: Type.Optional(
      Type.Literal('allowed', { description: 'needed for an http:// publicUrl outside loopback' }),
    ),
    sip: SipConfig,
    tls: Type.Optional(
      Type.Object(
        {
          certificate: Type.String({ minLength: 1 }),
          key: SecretSource,
          clientCa: Type.Optional(ClientCaConfig),
        },
        { additionalProperties: false, description: 'for phones to come by HTTPS without a proxy in front' },
      ),
    ),
    legacyTls: Type.Optional(LegacyTlsConfig),
    credentials: Type.Optional(CredentialsConfig),
    enrolMinutes: Type.Integer({
      minimum: 1,
      maximum: 1440,
      default: 60,
      description: 'how long an enrolmentUrl works',
    }),
    encryption: Type.Unsafe<FileEncryption>({
      ...FileEncryption,
      default: 'off',
      description: 'off | preferred | required: of phones that do not say it themselves, from their next enrolment on',
    }),
    pnp: Type.Optional(PnpConfig),
    rotation: Type.Object(
      {
        proveSeconds: Type.Integer({
          minimum: 1,
          maximum: 3600,
          default: 20,
          description: 'how long a refused new key is tried again',
        }),
        fetchSeconds: Type.Integer({
          minimum: 1,
          maximum: 86_400,
          default: 1200,
          description: 'how long a pushed phone may take to fetch; one that no NOTIFY reaches asks every 15 min',
        }),
        registerSeconds: Type.Integer({
          minimum: 1,
          maximum: 86_400,
          default: 180,
          description: 'how long a phone that fetched may take to register',
        }),
      },
      { additionalProperties: false, default: {}, description: 'rotation of SIP keys' },
    ),
    probes: Type.Object(
      {
        perSecond: Type.Number({
          minimum: 0.1,
          maximum: 10_000,
          default: 5,
          description: 'SIP requests to one registrar',
        }),
        inFlight: Type.Integer({ minimum: 1, maximum: 32, default: 16, description: 'at once, to one registrar' }),
        deadlineSeconds: Type.Integer({ minimum: 1, maximum: 32, default: 8, description: 'for one answer' }),
      },
      { additionalProperties: false, default: {}, description: 'how hard registrars are asked' },
    ),
    registrars: Type.Array(RegistrarConfig, { default: [], description: 'SIP registrars' }),
  },
  { additionalProperties: false },
);
export type ProvisionerConfig = Static<typeof ProvisionerConfig>;
