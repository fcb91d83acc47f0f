import type { Enrolment } from '../schemas/phone.ts';
import type { Secret } from '../schemas/secret.ts';
import { formatInstant } from './core/instant.ts';
import type { PhoneSettings } from './settings.ts';

/** Fresh tokens of one phone, and until when the enrolment token works (ms since the epoch). */
export interface EnrolmentTokens {
  readonly provisioning: Secret;
  readonly enrolment: Secret;
  readonly expiresAt: number;
}

/** Two fresh tokens; `newToken` gives 128 random bits in characters that a URL carries and a phone's keypad can type. */
export function enrolmentTokens(newToken: () => Secret, settings: PhoneSettings, now: number): EnrolmentTokens {
  return { provisioning: newToken(), enrolment: newToken(), expiresAt: now + settings.enrolMinutes * 60_000 };
}

/** What is shown this once: the only place where a token leaves (I9). */
export function enrolmentOf({ publicUrl }: PhoneSettings, tokens: EnrolmentTokens): Enrolment {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    provisioningUrl: `${base}/p/${tokens.provisioning.reveal()}/`,
    enrolmentUrl: `${base}/e/${tokens.enrolment.reveal()}/`,
    expiresAt: formatInstant(tokens.expiresAt),
  };
}
