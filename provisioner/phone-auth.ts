import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { PhoneScheme } from '../schemas/config/phone-access.ts';
import { ha1Text, readHa1, type Ha1 } from '../schemas/phone-credentials.ts';
import type { CredentialsRefusal } from '../schemas/phone-request.ts';
import type { Secret } from '../schemas/secret.ts';
import type { ServedToken } from '../store/phone-ports.ts';
import {
  BASIC_CHALLENGE,
  digestChallenge,
  expectedResponse,
  isFreshNonce,
  nonceAt,
  nonceTime,
  readAuthorization,
  type DigestCredentials,
  type PhoneHash,
} from './core/authorization.ts';
import { isSameTarget } from './core/phone-request.ts';

/** A request as far as it matters who it comes from. */
export interface Comer {
  readonly authorization: string | undefined;
  readonly method: string;
  /** The request target, to the letter. */
  readonly target: string;
  readonly address: string;
  /** Nobody on the way can read a password. */
  readonly isProtected: boolean;
}

/** Who it is; or why that is not known, and with whose name it came. */
export type Identity =
  | { readonly kind: 'known'; readonly tokenHash: string }
  | { readonly kind: 'unknown'; readonly why: CredentialsRefusal; readonly user: string | null };

export interface PhoneAuthDeps {
  /** In the order in which phones are asked. */
  readonly schemes: readonly PhoneScheme[];
  /** The path of publicUrl. */
  readonly prefix: string;
  /** Signs nonces; nobody else has it. */
  readonly nonceKey: Buffer;
  /** The credentials of a phone that are good now, hashed and as `packHa1` writes them. */
  readonly credentialsOf: (mac: string) => readonly ServedToken[];
  readonly now: () => number;
}

/** How many credentials of one phone are good at once: the ones in use, and the ones that follow. */
const MOST = 2;
const NOBODY: Ha1 = { md5: '0'.repeat(32), sha256: '0'.repeat(64) };
const HASHES: Readonly<
  Record<PhoneHash, { readonly name: string; readonly of: keyof Ha1; readonly scheme: PhoneScheme }>
> = {
  MD5: { name: 'md5', of: 'md5', scheme: 'digest-md5' },
  'SHA-256': { name: 'sha256', of: 'sha256', scheme: 'digest-sha-256' },
};
const MAC = /^[0-9a-f]{12}$/;

/** The key of nonces: of the provisioner's own, so that a restart makes none of them stale. */
export function nonceKeyOf(privateKey: Secret): Buffer {
  return Buffer.from(hkdfSync('sha256', privateKey.reveal(), '', 'wisp-edge phone nonces', 32));
}

/**
 * Who a phone is that comes with its MAC address as its user and the password that enrolling gave it: Digest (RFC 7616) and,
 * where nobody can read along, Basic (RFC 7617). Remembers nothing of any request. Whether a user is known, and how many
 * passwords he has, changes neither the answer nor what it takes to find it out.
 */
export class PhoneAuth {
  readonly #deps: PhoneAuthDeps;

  constructor(deps: PhoneAuthDeps) {
    this.#deps = deps;
  }

  /** The challenges of a 401, one a header field, in order of preference. */
  challenges({ address, isProtected }: Comer, why: CredentialsRefusal): readonly string[] {
    const nonce = nonceAt(this.#deps.now(), address, (text) => this.#seal(text));
    const isStale = why === 'nonce-stale';
    return this.#deps.schemes.flatMap((scheme) => {
      switch (scheme) {
        case 'digest-sha-256':
          return [digestChallenge('SHA-256', nonce, isStale)];
        case 'digest-md5':
          return [digestChallenge('MD5', nonce, isStale)];
        case 'basic':
          return isProtected ? [BASIC_CHALLENGE] : [];
      }
    });
  }

  identify(comer: Comer): Identity {
    const said = readAuthorization(comer.authorization);
    switch (said.kind) {
      case 'none':
        return { kind: 'unknown', why: 'no-credentials', user: null };
      case 'unreadable':
        return { kind: 'unknown', why: 'credentials-unreadable', user: null };
      case 'basic': {
        const { user, password } = said;
        if (!this.#deps.schemes.includes('basic')) return { kind: 'unknown', why: 'credentials-unreadable', user };
        // It was read on the way: to take it would teach phones to send it so.
        if (!comer.isProtected) return { kind: 'unknown', why: 'password-in-clear', user };
        const given = hash('sha256', ha1Text(user, password.reveal()), 'hex');
        return this.#found(user, given, (ha1) => ha1.sha256);
      }
      case 'digest':
        return this.#byDigest(said, comer);
    }
  }

  #byDigest(digest: DigestCredentials, { method, target, address }: Comer): Identity {
    const { user } = digest;
    const { name, of, scheme } = HASHES[digest.hash];
    const isAsked = this.#deps.schemes.includes(scheme);
    if (!isAsked || !isSameTarget(digest.uri, target, this.#deps.prefix))
      return { kind: 'unknown', why: 'credentials-unreadable', user };
    if (!this.#isGood(digest.nonce, address)) return { kind: 'unknown', why: 'nonce-stale', user };
    return this.#found(user, digest.response, (ha1) =>
      expectedResponse(digest, method, ha1[of], (text) => hash(name, text, 'hex')),
    );
  }

  /** As many comparisons for a user whom nobody knows. */
  #found(user: string, given: string, expected: (ha1: Ha1) => string): Identity {
    const known = MAC.test(user) ? this.#deps.credentialsOf(user) : [];
    let found: string | null = null;
    for (let at = 0; at < Math.max(MOST, known.length); at += 1) {
      const one = known[at];
      const ha1 = one?.token == null ? null : readHa1(one.token);
      const isIt = isSame(expected(ha1 ?? NOBODY), given);
      if (isIt && one !== undefined && ha1 !== null) found = one.hash;
    }
    return found === null ? { kind: 'unknown', why: 'credentials-wrong', user } : { kind: 'known', tokenHash: found };
  }

  #isGood(nonce: string, address: string): boolean {
    const givenAt = nonceTime(nonce);
    if (givenAt === null || !isFreshNonce(givenAt, this.#deps.now())) return false;
    return isSame(
      nonceAt(givenAt, address, (text) => this.#seal(text)),
      nonce,
    );
  }

  #seal(text: string): string {
    return createHmac('sha256', this.#deps.nonceKey).update(text).digest().subarray(0, 16).toString('base64url');
  }
}

/** Takes as long whatever differs; a length is no secret. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
