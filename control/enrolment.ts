import { hash } from 'node:crypto';
import { ECB_KEY_CHARACTERS, type FileEncryption } from '../schemas/file-encryption.ts';
import { ha1Text, packHa1 } from '../schemas/phone-credentials.ts';
import { fileCipherOf } from '../schemas/phone-formats/refusal.ts';
import type { Enrolment, Phone } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
import type { EncryptedHome, PhoneIntent } from '../store/phone-ports.ts';
import { formatInstant } from './core/instant.ts';
import type { PhoneSettings } from './settings.ts';

/** Fresh tokens of one phone, and until when the enrolment token works (ms since the epoch). */
export interface EnrolmentTokens {
  readonly provisioning: Secret;
  readonly enrolment: Secret;
  /** Null where phones come by URLs alone. */
  readonly password: Secret | null;
  readonly expiresAt: number;
  /** Left out where its files go out plain. */
  readonly encrypted?: EncryptedHome;
}

/**
 * Fresh tokens; `newToken` gives 128 random bits in characters that a URL carries and a phone's keypad can type. A file key is
 * one too where nothing else is asked for: a pass phrase of 32 hex digits. Where encryption is preferred, the encrypted files
 * have a token of their own, which the enrolment alone leads to; where it is required, there is no other, and no password:
 * who comes with one was told no key.
 */
export function enrolmentTokens(
  newToken: () => Secret,
  { enrolMinutes, hasCredentials }: Pick<PhoneSettings, 'enrolMinutes' | 'hasCredentials'>,
  now: number,
  encryption: FileEncryption = 'off',
  newFileKey: () => Secret = newToken,
): EnrolmentTokens {
  const tokens = {
    provisioning: newToken(),
    enrolment: newToken(),
    password: hasCredentials && encryption !== 'required' ? passwordOf(newToken()) : null,
    expiresAt: now + enrolMinutes * 60_000,
  };
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
  return new Secret(hash('sha256', token.reveal(), 'base64url').slice(0, ECB_KEY_CHARACTERS));
}

/** What a Mitel takes at most (41-001343-02 p. A-81). */
const PASSWORD_LENGTH = 20;
/** 32 of them, five bits each: none is taken for another one, and a keypad types them without its shift key. */
const TYPED = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A password that every phone takes and a person can type, of 100 of a token's random bits. */
function passwordOf(token: Secret): Secret {
  const bytes = hash('sha256', token.reveal(), 'buffer').subarray(0, PASSWORD_LENGTH);
  return new Secret(Array.from(bytes, (byte) => TYPED.charAt(byte % TYPED.length)).join(''));
}

/** What the store is asked: of a password it is given only what checks it. */
export function enrolIntent(mac: string, { password, ...tokens }: EnrolmentTokens): PhoneIntent {
  return { kind: 'enrol', mac, ...tokens, credentials: password === null ? null : credentialsOf(mac, password) };
}

function credentialsOf(mac: string, password: Secret): Secret {
  const text = ha1Text(mac, password.reveal());
  return packHa1({ md5: hash('md5', text, 'hex'), sha256: hash('sha256', text, 'hex') });
}

/**
 * What is shown this once: the only place where a token or a password leaves, and the file key that somebody may have to type
 * (I9).
 */
export function enrolmentOf(
  { publicUrl }: Pick<PhoneSettings, 'publicUrl'>,
  mac: string,
  { provisioning, enrolment, password, expiresAt, encrypted }: EnrolmentTokens,
): Enrolment {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    provisioningUrl: `${base}/p/${provisioning.reveal()}/`,
    enrolmentUrl: `${base}/e/${enrolment.reveal()}/`,
    expiresAt: formatInstant(expiresAt),
    ...(encrypted === undefined ? {} : { encrypted: true as const }),
    ...(encrypted?.token === null ? { fileKey: encrypted.fileKey.reveal() } : {}),
    ...(password === null ? {} : { credentials: { url: `${base}/c/`, user: mac, password: password.reveal() } }),
  };
}
