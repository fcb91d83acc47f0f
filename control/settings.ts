import type { AgentConfig } from '../schemas/config/agent.ts';
import type { ControlConfig, TokenConfig } from '../schemas/config/control.ts';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { Portal } from '../schemas/portal.ts';
import type { RouterMode } from '../schemas/router.ts';

/** What the API needs to know of the provisioner's section. */
export interface PhoneSettings {
  readonly publicUrl: string;
  readonly enrolMinutes: number;
  /** Ids of the registrars an extension may name. */
  readonly registrars: readonly string[];
}

/** The part of the configuration that may change while control runs. */
export interface Settings {
  readonly tokens: readonly TokenConfig[];
  readonly centralKind: string;
  /** Null when this box has no agent section: then the routers are those that the agent wrote of in the store. */
  readonly routers: readonly { readonly id: string; readonly mode: RouterMode }[] | null;
  /** The portal of the configuration file; one that was PUT outranks it. */
  readonly portal: Portal | null;
  /** Null when this box has no provisioner section: nobody would serve a phone. */
  readonly phones: PhoneSettings | null;
}

/** What control takes from the configuration. */
export function settingsOf(
  config: ControlConfig,
  agent: AgentConfig | null,
  provisioner: ProvisionerConfig | null,
): Settings {
  return {
    tokens: config.tokens,
    centralKind: config.central.kind,
    routers: agent?.routers.map(({ id, mode }) => ({ id, mode })) ?? null,
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

/** What of the provisioner's section those who write about phones need. */
export function settingsOfPhones({ publicUrl, enrolMinutes, registrars }: ProvisionerConfig): PhoneSettings {
  return { publicUrl, enrolMinutes, registrars: registrars.map(({ id }) => id) };
}
