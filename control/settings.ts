import { parseAddress, type Address } from '../schemas/address.ts';
import type { AgentConfig } from '../schemas/config/agent.ts';
import type { ControlConfig, TokenConfig } from '../schemas/config/control.ts';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { FileEncryption } from '../schemas/file-encryption.ts';
import type { GardenBundle } from '../schemas/garden-bundle.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterMode } from '../schemas/router.ts';
import type { PrefixesOf } from './core/check-subscriber.ts';

/** What the API needs to know of the provisioner's section. */
export interface PhoneSettings {
  readonly publicUrl: string;
  readonly enrolMinutes: number;
  /** Of phones that do not say it themselves. */
  readonly encryption: FileEncryption;
  /** Enrolling gives a user and a password too. */
  readonly hasCredentials: boolean;
  /** Ids of the registrars an extension may name. */
  readonly registrars: readonly string[];
}

export interface RouterOfSettings {
  readonly id: string;
  readonly mode: RouterMode;
  /** Where its subscribers are, if the configuration says so. */
  readonly prefixes?: readonly Address[];
}

/** The part of the configuration that may change while control runs. */
export interface Settings {
  readonly tokens: readonly TokenConfig[];
  readonly central: { readonly kind: string; readonly staleAfterHours: number };
  /** Null when this box has no agent section: then the routers are those that the agent wrote of in the store. */
  readonly routers: readonly RouterOfSettings[] | null;
  /** The portal of the configuration file; one that was PUT outranks it. */
  readonly portal: Portal | null;
  /** Bundles that a walled garden may name. */
  readonly bundles: readonly GardenBundle[];
  /** Null when this box has no provisioner section: nobody would serve a phone. */
  readonly phones: PhoneSettings | null;
}

/** What control takes from the configuration. */
export function settingsOf(
  config: ControlConfig,
  agent: AgentConfig | null,
  provisioner: ProvisionerConfig | null,
  bundles: readonly GardenBundle[],
): Settings {
  return {
    tokens: config.tokens,
    central: { kind: config.central.kind, staleAfterHours: config.central.staleAfterHours },
    bundles,
    routers: agent?.routers.map(routerOf) ?? null,
    portal:
      agent === null
        ? null
        : {
            domain: agent.portal.domain,
            cnameTargets: agent.portal.cnameTargets,
            addresses: agent.portal.addresses,
            walledGarden: agent.portal.walledGarden,
          },
    phones: provisioner === null ? null : settingsOfPhones(provisioner),
  };
}

function routerOf({ id, mode, prefixes }: AgentConfig['routers'][number]): RouterOfSettings {
  if (prefixes === undefined) return { id, mode };
  return { id, mode, prefixes: prefixes.map(parseAddress).filter((prefix) => prefix !== null) };
}

/** The prefixes that the configuration calls a router's subscribers'; none where it does not say. */
export function prefixesOf({ routers }: Settings): PrefixesOf {
  const known = new Map(routers?.map(({ id, prefixes }) => [id, prefixes ?? []]));
  return (router) => known.get(router) ?? [];
}

/** What of the provisioner's section those who write about phones need. */
export function settingsOfPhones(config: ProvisionerConfig): PhoneSettings {
  const { publicUrl, enrolMinutes, encryption, credentials, registrars } = config;
  const hasCredentials = credentials !== undefined;
  return { publicUrl, enrolMinutes, encryption, hasCredentials, registrars: registrars.map(({ id }) => id) };
}
