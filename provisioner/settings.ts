import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import type { PhoneVendor } from '../schemas/phone.ts';
import type { Secret } from '../schemas/secret.ts';
import type { SagaSettings } from './core/rotation/state.ts';
import { ClientCertificates } from './client-certificates.ts';
import { PhoneAuth, type PhoneAuthDeps } from './phone-auth.ts';
import type { PhoneTls } from './phone-listener.ts';
import type { ProberLimits } from './prober.ts';

const RESYNC_MS = 180_000;
/** Every wait has a deadline of its own; what is so much overdue will never end. */
const STUCK_MS = 300_000;
const MOST_AHEAD = 1_000;

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

/** A resync asks what the NOTIFY does: a phone that only comes when it polls did not take it. */
export function resyncMsOf({ rotation }: ProvisionerConfig): number {
  return Math.min(rotation.fetchSeconds * 1000, RESYNC_MS);
}

/** How long one step may take that waits for its turn at a slow registrar, behind as many others as a large batch has. */
export function stepMsOf({ probes }: ProvisionerConfig): number {
  return STUCK_MS + (MOST_AHEAD * 1000) / probes.perSecond;
}

export function proberLimitsOf({ probes }: ProvisionerConfig): ProberLimits {
  const { perSecond, inFlight, deadlineSeconds } = probes;
  return { perSecond, inFlight, deadlineMs: deadlineSeconds * 1000 };
}

export function phoneTlsOf(
  { tls }: ProvisionerConfig,
  { readSecret, readText }: ConfigReaders,
  certificates: ClientCertificates | null,
): PhoneTls | null {
  if (tls === undefined) return null;
  const pair = { cert: readText(tls.certificate), key: readSecret(tls.key).reveal() };
  return certificates === null ? pair : { ...pair, clientAuthorities: certificates.authorities };
}

/** Of the listener for old phones; null where there is none. It asks for no certificate: it would take one signed with SHA-1. */
export function legacyTlsOf(
  { legacyTls }: ProvisionerConfig,
  { readSecret, readText }: ConfigReaders,
): PhoneTls | null {
  if (legacyTls === undefined) return null;
  const { certificate, key, minVersion, ciphers } = legacyTls;
  return { cert: readText(certificate), key: readSecret(key).reveal(), legacy: { minVersion, ciphers } };
}

/** Which phones come by a certificate; null where none do. Throws `config-unreadable`, `config-invalid`. */
export function clientCertificatesOf(
  { tls }: ProvisionerConfig,
  { readText }: ConfigReaders,
): ClientCertificates | null {
  if (tls?.clientCa === undefined) return null;
  return new ClientCertificates(tls.clientCa.map(({ vendor, ca }) => ({ vendor, pem: readText(ca) })));
}

/** Vendors whose phones may come by a certificate. */
export function certifiedVendorsOf({ tls }: ProvisionerConfig): ReadonlySet<PhoneVendor> {
  return new Set(tls?.clientCa?.map(({ vendor }) => vendor) ?? []);
}

/** Who phones are that come with a user and a password; null where they do not. */
export function phoneAuthOf(
  { credentials, publicUrl }: ProvisionerConfig,
  deps: Omit<PhoneAuthDeps, 'schemes' | 'prefix'>,
): PhoneAuth | null {
  if (credentials === undefined) return null;
  const prefix = new URL(publicUrl).pathname.replace(/\/+$/, '');
  return new PhoneAuth({ ...deps, prefix, schemes: credentials.schemes });
}

/** What changed that only a restart takes over. */
export function needsRestart(one: ProvisionerConfig, other: ProvisionerConfig): readonly string[] {
  return (['listen', 'publicUrl', 'sip', 'tls', 'legacyTls', 'credentials'] as const).filter(
    (key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]),
  );
}
