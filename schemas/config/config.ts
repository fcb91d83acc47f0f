import { Type, type Static } from 'typebox';
import { Id } from '../ids.ts';
import { AgentConfig } from './agent.ts';
import { ControlConfig } from './control.ts';
import { ProvisionerConfig } from './provisioner.ts';

/** The whole configuration file, after defaults were filled in. The section names are the daemons' names. */
export const Config = Type.Object(
  {
    site: Type.Unsafe<string>({ ...Id, description: 'the name of this site' }),
    dataDir: Type.String({ minLength: 1, description: 'where the database and the keys live' }),
    control: Type.Optional(ControlConfig),
    agent: Type.Optional(AgentConfig),
    provisioner: Type.Optional(ProvisionerConfig),
  },
  { additionalProperties: false },
);
export type Config = Static<typeof Config>;
