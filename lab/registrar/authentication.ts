import { randomBytes } from 'node:crypto';
import { challengeText, digestResponse, parseDigest } from '../sip/digest.ts';
import { headerLines, type Header, type SipRequest } from '../sip/message.ts';

/** One challenge a registrar sends; with several, their order is its preference (RFC 8760 §2.4). */
export interface ChallengeForm {
  /** null: left out, which means MD5. A name nobody knows is sent as it stands. */
  readonly algorithm: string | null;
  /** null: left out (RFC 2069). */
  readonly qop: string | null;
}

export interface LabUser {
  /** What is accepted: one key, or several while a provider changes it. */
  readonly keys: readonly string[];
  /** Default: the user's own name. */
  readonly authUser?: string;
}

export type AuthOutcome =
  | { readonly kind: 'accepted'; readonly key: string }
  /** `isRefusal`: a digest was there and was wrong; else none was, or its nonce was of no more use. */
  | { readonly kind: 'challenge'; readonly isRefusal: boolean; readonly isStale: boolean }
  /** A good digest of another user (Kamailio answers 403 "Auth user mismatch"). */
  | { readonly kind: 'mismatch' };

/** Digest of a registrar (RFC 3261 §22, RFC 7616, RFC 8760). */
export class Authentication {
  realm: string;
  forms: readonly ChallengeForm[];
  readonly users: Map<string, LabUser>;
  /** Highest nonce count seen, by nonce: a count that comes again is a replay. */
  readonly #nonces = new Map<string, number>();

  constructor(realm: string, forms: readonly ChallengeForm[], users: Map<string, LabUser>) {
    this.realm = realm;
    this.forms = forms;
    this.users = users;
  }

  /** WWW-Authenticate lines with a new nonce. */
  challenges(isStale: boolean): Header[] {
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.set(nonce, 0);
    return this.forms.map(({ algorithm, qop }) => [
      'WWW-Authenticate',
      challengeText({ realm: this.realm, nonce, algorithm, qop, isStale }),
    ]);
  }

  /** Is the request by this user? `isStaleAnyway`: its nonce is called stale in spite of all. */
  check(request: SipRequest, user: string, isStaleAnyway: boolean): AuthOutcome {
    const given = headerLines(request, 'authorization')
      .map((line) => parseDigest(line))
      .find((each) => each?.get('realm') === this.realm);
    if (given === undefined || given === null) return { kind: 'challenge', isRefusal: false, isStale: false };
    const nonce = given.get('nonce') ?? '';
    const seen = this.#nonces.get(nonce);
    if (isStaleAnyway || seen === undefined) return { kind: 'challenge', isRefusal: false, isStale: true };
    const refused = { kind: 'challenge', isRefusal: true, isStale: false } as const;
    const form = this.forms.find(
      (each) => (each.algorithm ?? 'MD5').toLowerCase() === (given.get('algorithm') ?? 'MD5').toLowerCase(),
    );
    if (form === undefined || !isOffered(form, given.get('qop'))) return refused;
    const nc = given.get('nc') ?? '';
    if (form.qop !== null) {
      if (!/^[0-9a-f]{8}$/i.test(nc) || Number.parseInt(nc, 16) <= seen) return refused;
      this.#nonces.set(nonce, Number.parseInt(nc, 16));
    }
    const username = given.get('username') ?? '';
    const owner = [...this.users].find(([name, each]) => (each.authUser ?? name) === username);
    const key = owner?.[1].keys.find(
      (each) =>
        given.get('response') ===
        digestResponse({
          algorithm: form.algorithm,
          username,
          realm: this.realm,
          key: each,
          method: request.method,
          uri: given.get('uri') ?? '',
          nonce,
          qop: given.get('qop') ?? null,
          nc,
          cnonce: given.get('cnonce') ?? '',
          body: request.body,
        }),
    );
    if (owner === undefined || key === undefined) return refused;
    return owner[0] === user ? { kind: 'accepted', key } : { kind: 'mismatch' };
  }
}

function isOffered(form: ChallengeForm, qop: string | undefined): boolean {
  if (form.qop === null || qop === undefined) return form.qop === null && qop === undefined;
  return form.qop
    .split(',')
    .map((each) => each.trim())
    .includes(qop);
}
