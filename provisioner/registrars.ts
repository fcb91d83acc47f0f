import type { RegistrarConfig } from '../schemas/config/provisioner.ts';
import type { Extension } from '../schemas/extension.ts';
import type { Secret } from '../schemas/secret.ts';
import type { Obstacle } from './core/rotation/state.ts';
import { registrarOf, type Registrar } from './core/registrar.ts';
import type { SipCredential } from './ports.ts';

/** The registrars of the configuration that can be understood, by id. */
export function registrarsOf(configs: readonly RegistrarConfig[]): ReadonlyMap<string, Registrar> {
  return new Map(
    configs.flatMap((config) => {
      const registrar = registrarOf(config);
      return registrar === null ? [] : [[config.id, registrar] as const];
    }),
  );
}

/** Why an extension may not be probed, or where. Only `query` is proven to leave bindings alone (design §4). */
export function probedAt(
  registrars: ReadonlyMap<string, Registrar>,
  { registrar: id }: Pick<Extension, 'registrar'>,
): { readonly registrar: Registrar } | { readonly obstacle: Obstacle } {
  const registrar = registrars.get(id);
  if (registrar === undefined) return { obstacle: 'unknown-registrar' };
  return registrar.probeMode === 'query' ? { registrar } : { obstacle: 'probe-mode-unproven' };
}

export function credentialOf(number: string, { authUser }: Pick<Extension, 'authUser'>, key: Secret): SipCredential {
  return { number, authUser: authUser ?? number, key };
}
