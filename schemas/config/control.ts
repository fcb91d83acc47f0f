import { Type, type Static } from 'typebox';
import { SecretSource } from './secret-source.ts';

export const Listen = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'address to listen at' }),
    port: Type.Integer({ minimum: 0, maximum: 65535, description: 'port; 0 takes a free one' }),
  },
  { additionalProperties: false },
);
export type Listen = Static<typeof Listen>;

/** What a bearer token may do. `admin` may do all. */
export const Scope = Type.Union([
  Type.Literal('admin'),
  Type.Literal('platform'),
  Type.Literal('operator'),
  Type.Literal('viewer'),
]);
export type Scope = Static<typeof Scope>;

export const TokenConfig = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      description: 'who it is, in the journal',
      examples: ['central'],
    }),
    scopes: Type.Array(Scope, { description: 'admin | platform | operator | viewer' }),
    sha256: Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'hex of the SHA-256 of the token',
      examples: ['<64 hex digits>'],
    }),
  },
  { additionalProperties: false },
);
export type TokenConfig = Static<typeof TokenConfig>;

export const CentralConfig = Type.Object(
  {
    kind: Type.Union([Type.Literal('none'), Type.Literal('websocket'), Type.Literal('wisphub')], {
      default: 'none',
      description: 'none | websocket | wisphub',
    }),
    staleAfterHours: Type.Number({ minimum: 1, maximum: 720, default: 24, description: 'past it no new cut starts' }),
    url: Type.Optional(
      Type.String({
        pattern: '^(wss|https)://',
        description: 'where the central platform is',
        examples: ['https://api.wisphub.io'],
      }),
    ),
    key: Type.Optional(SecretSource),
    timeZone: Type.Optional(Type.String({ description: 'IANA zone of the tenant (wisphub)' })),
  },
  { additionalProperties: false, default: { kind: 'none' }, description: 'the link to the central platform' },
);
export type CentralConfig = Static<typeof CentralConfig>;

export const ControlConfig = Type.Object(
  {
    listen: Listen,
    tokens: Type.Array(TokenConfig, { default: [], description: 'bearer tokens, hashed' }),
    central: CentralConfig,
    tls: Type.Optional(
      Type.Object(
        { certificate: Type.String({ minLength: 1 }), key: SecretSource },
        { additionalProperties: false, description: 'needed for any listen address but loopback' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ControlConfig = Static<typeof ControlConfig>;
