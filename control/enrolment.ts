import type { FileEncryption } from '../schemas/file-encryption.ts';
import type { Enrolment } from '../schemas/phone.ts';
import type { Secret } from '../schemas/secret.ts';
import type { EncryptedHome } from '../store/phone-ports.ts';
import { formatInstant } from './core/instant.ts';
import type { PhoneSettings } from './settings.ts';

/** Fresh tokens of one phone, and until when the enrolment token works (ms since the epoch). */
export interface EnrolmentTokens {
  readonly provisioning: Secret;
  readonly enrolment: Secret;
  readonly expiresAt: number;
  /** Left out where its files go out plain. */
  readonly encrypted?: EncryptedHome;
}

/**
 * Fresh tokens; `newToken` gives 128 random bits in characters that a URL carries and a phone's keypad can type. A file key is
 * of the same kind: 32 hex digits, which are a pass phrase to every vendor. Where encryption is preferred, the encrypted files
 * have a token of their own, which the enrolment alone leads to; where it is required, there is no other.
 */
export function enrolmentTokens(
  newToken: () => Secret,
  { enrolMinutes }: Pick<PhoneSettings, 'enrolMinutes'>,
  now: number,
  encryption: FileEncryption = 'off',
): EnrolmentTokens {
  const tokens = { provisioning: newToken(), enrolment: newToken(), expiresAt: now + enrolMinutes * 60_000 };
  if (encryption === 'off') return tokens;
  return { ...tokens, encrypted: { fileKey: newToken(), token: encryption === 'required' ? null : newToken() } };
}

/** What is shown this once: the only place where a token leaves, and the file key that somebody may have to type (I9). */
export function enrolmentOf(
  { publicUrl }: Pick<PhoneSettings, 'publicUrl'>,
  { provisioning, enrolment, expiresAt, encrypted }: EnrolmentTokens,
): Enrolment {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    provisioningUrl: `${base}/p/${provisioning.reveal()}/`,
    enrolmentUrl: `${base}/e/${enrolment.reveal()}/`,
    expiresAt: formatInstant(expiresAt),
    ...(encrypted === undefined ? {} : { encrypted: true as const }),
    ...(encrypted?.token === null ? { fileKey: encrypted.fileKey.reveal() } : {}),
  };
}
