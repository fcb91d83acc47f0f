import { Type, type Static } from 'typebox';

const InBoth = Type.Object(
  { en: Type.String({ minLength: 1, maxLength: 300 }), es: Type.String({ minLength: 1, maxLength: 300 }) },
  { additionalProperties: false },
);

/** `documented`: the vendor itself names this host as needed. `unverified`: seen in use, or told by others. */
export const GardenStanding = Type.Union([Type.Literal('documented'), Type.Literal('unverified')]);
export type GardenStanding = Static<typeof GardenStanding>;

/** One host of a bundle: `js.example.net`, or `*.example.net` for whatever lies below a domain. */
export const GardenHost = Type.Object(
  {
    host: Type.String({
      maxLength: 253,
      pattern: '^(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$',
      examples: ['js.example.net'],
    }),
    purpose: InBoth,
    standing: GardenStanding,
    source: Type.String({ minLength: 1, maxLength: 300, description: 'where this is known from' }),
  },
  { additionalProperties: false },
);
export type GardenHost = Static<typeof GardenHost>;

/** A file of a bundle: hosts that belong together, by one name that `walledGarden` may hold. */
export const GardenBundle = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', examples: ['recaptcha'] }),
    about: InBoth,
    hosts: Type.Array(GardenHost, { minItems: 1, maxItems: 64 }),
  },
  { additionalProperties: false },
);
export type GardenBundle = Static<typeof GardenBundle>;

const Words = Type.String({ minLength: 1, maxLength: 300 });

/** A text in one language or both, or one for both. */
const OwnWords = Type.Union(
  [
    Words,
    Type.Object(
      { en: Type.Optional(Words), es: Type.Optional(Words) },
      { additionalProperties: false, minProperties: 1 },
    ),
  ],
  { description: "'…' | { en: '…', es: '…' }" },
);
export type OwnWords = Static<typeof OwnWords>;

/** A bundle of an operator's own: it needs a name and hosts, and what it does not say is filled in. */
export const OwnGardenBundle = Type.Object(
  {
    name: GardenBundle.properties.name,
    about: Type.Optional(OwnWords),
    hosts: Type.Array(
      Type.Object(
        {
          host: GardenHost.properties.host,
          purpose: Type.Optional(OwnWords),
          standing: Type.Optional(GardenStanding),
          source: Type.Optional(Words),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 64 },
    ),
  },
  { additionalProperties: false },
);
export type OwnGardenBundle = Static<typeof OwnGardenBundle>;
