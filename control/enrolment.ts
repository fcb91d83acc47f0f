import { hash } from 'node:crypto';
import { ha1Text, packHa1 } from '../schemas/phone-credentials.ts';
import type { Enrolment } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
import type { PhoneIntent } from '../store/phone-ports.ts';
import { formatInstant } from './core/instant.ts';
import type { PhoneSettings } from './settings.ts';

/** Fresh tokens of one phone, and until when the enrolment token works (ms since the epoch). */
export interface EnrolmentTokens {
  readonly provisioning: Secret;
  readonly enrolment: Secret;
  /** Null where phones come by URLs alone. */
  readonly password: Secret | null;
  readonly expiresAt: number;
}

/** Fresh tokens, and a password where phones may come with one; `newToken` gives 128 random bits in characters that a URL carries and a phone's keypad can type. */
export function enrolmentTokens(newToken: () => Secret, settings: PhoneSettings, now: number): EnrolmentTokens {
  return {
    provisioning: newToken(),
    enrolment: newToken(),
    password: settings.hasCredentials ? passwordOf(newToken()) : null,
    expiresAt: now + settings.enrolMinutes * 60_000,
  };
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

/** What is shown this once: the only place where a token or a password leaves (I9). */
export function enrolmentOf({ publicUrl }: PhoneSettings, mac: string, tokens: EnrolmentTokens): Enrolment {
  const base = publicUrl.replace(/\/+$/, '');
  const { password } = tokens;
  return {
    provisioningUrl: `${base}/p/${tokens.provisioning.reveal()}/`,
    enrolmentUrl: `${base}/e/${tokens.enrolment.reveal()}/`,
    expiresAt: formatInstant(tokens.expiresAt),
    ...(password === null ? {} : { credentials: { url: `${base}/c/`, user: mac, password: password.reveal() } }),
  };
}
