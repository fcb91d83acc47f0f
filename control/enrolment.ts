import { createHash } from 'node:crypto';
import { ECB_KEY_CHARACTERS, type FileEncryption } from '../schemas/file-encryption.ts';
import { fileCipherOf } from '../schemas/phone-formats/refusal.ts';
import type { Enrolment, Phone } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
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
 * one too where nothing else is asked for: a pass phrase of 32 hex digits. Where encryption is preferred, the encrypted files
 * have a token of their own, which the enrolment alone leads to; where it is required, there is no other.
 */
export function enrolmentTokens(
  newToken: () => Secret,
  { enrolMinutes }: Pick<PhoneSettings, 'enrolMinutes'>,
  now: number,
  encryption: FileEncryption = 'off',
  newFileKey: () => Secret = newToken,
): EnrolmentTokens {
  const tokens = { provisioning: newToken(), enrolment: newToken(), expiresAt: now + enrolMinutes * 60_000 };
  if (encryption === 'off') return tokens;
  return { ...tokens, encrypted: { fileKey: newFileKey(), token: encryption === 'required' ? null : newToken() } };
}

/**
 * A file key as this phone takes one: a fresh token, but for `aes-128-ecb`, whose key is 16 characters. As hex digits they would
 * be 64 random bits; as these, 96.
 */
export function newFileKey(phone: Pick<Phone, 'vendor' | 'model' | 'fileCipher'>, newToken: () => Secret): Secret {
  const token = newToken();
  if (fileCipherOf(phone) !== 'aes-128-ecb') return token;
  return new Secret(createHash('sha256').update(token.reveal()).digest('base64url').slice(0, ECB_KEY_CHARACTERS));
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
