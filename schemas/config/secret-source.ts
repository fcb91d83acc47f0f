import { Type, type Static } from 'typebox';

/** Where a secret comes from; the secret itself never stands in the config. */
export const SecretSource = Type.Union(
  [
    Type.Object(
      { file: Type.String({ minLength: 1, description: 'a file that holds it; relative to the config file' }) },
      { additionalProperties: false },
    ),
    Type.Object(
      { env: Type.String({ minLength: 1, description: 'the name of an environment variable' }) },
      { additionalProperties: false },
    ),
    Type.Object(
      { credential: Type.String({ minLength: 1, description: 'the name of a systemd credential' }) },
      { additionalProperties: false },
    ),
  ],
  { description: '{ file: PATH } | { env: NAME } | { credential: NAME }' },
);
export type SecretSource = Static<typeof SecretSource>;
