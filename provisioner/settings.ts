import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import type { Secret } from '../schemas/secret.ts';
import type { SagaSettings } from './core/rotation/state.ts';
import type { PhoneTls } from './phone-listener.ts';
import type { ProberLimits } from './prober.ts';

/** Reads what the configuration names. */
export interface ConfigReaders {
  readonly readSecret: (source: SecretSource) => Secret;
  readonly readText: (path: string) => string;
}

export function sagaSettingsOf({ rotation }: ProvisionerConfig): SagaSettings {
  return {
    proveMs: rotation.proveSeconds * 1000,
    fetchMs: rotation.fetchSeconds * 1000,
    registerMs: rotation.registerSeconds * 1000,
  };
}

export function proberLimitsOf({ probes }: ProvisionerConfig): ProberLimits {
  const { perSecond, inFlight, deadlineSeconds } = probes;
  return { perSecond, inFlight, deadlineMs: deadlineSeconds * 1000 };
}

export function phoneTlsOf({ tls }: ProvisionerConfig, { readSecret, readText }: ConfigReaders): PhoneTls | null {
  return tls === undefined ? null : { cert: readText(tls.certificate), key: readSecret(tls.key).reveal() };
}

/** What changed that only a restart takes over. */
export function needsRestart(one: ProvisionerConfig, other: ProvisionerConfig): readonly string[] {
  return (['listen', 'publicUrl', 'sip', 'tls'] as const).filter(
    (key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]),
  );
}
