import { PHONE_REALM } from '../../schemas/phone-credentials.ts';
import { Secret } from '../../schemas/secret.ts';
import { parseSchemes, requestDigest, type NonceUse } from './digest.ts';

/** Hashes that phones are asked for; SHA-512-256 no phone is known to do. */
export type PhoneHash = 'MD5' | 'SHA-256';

/** What a request says of who it comes from (RFC 9110 §11.6.2). */
export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | ({ readonly kind: 'digest' } & DigestCredentials)
  /** Of another scheme, or in no form that ours have. */
  | { readonly kind: 'unreadable' };

export interface DigestCredentials extends NonceUse {
  readonly user: string;
  readonly hash: PhoneHash;
  readonly uri: string;
  /** Lower-case hex. */
  readonly response: string;
}

/** How long a nonce is good for: a phone asks for all of its files within seconds. */
export const NONCE_MS = 60_000;

/**
 * Reads an Authorization header. Digest: RFC 7616 §3.4, and as in RFC 2617 also without `qop`, which old phones leave out;
 * what a challenge of ours did not offer (`auth-int`, `-sess`, user hashes) is unreadable. Basic: RFC 7617 §2.
 */
export function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined) return { kind: 'none' };
  const [, token] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header) ?? [];
  if (token !== undefined) return basicOf(token);
  const [first, ...others] = parseSchemes(header);
  if (first?.scheme.toLowerCase() !== 'digest' || others.length > 0) return { kind: 'unreadable' };
  const { parameters } = first;
  const field = (name: string): string | null => parameters.get(name) ?? null;
  const [user, nonce, uri, response] = [field('username'), field('nonce'), field('uri'), field('response')];
  const hash = hashOf(field('algorithm') ?? 'MD5');
  const qop = field('qop')?.toLowerCase() ?? null;
  if (user === null || nonce === null || uri === null || response === null || hash === null)
    return { kind: 'unreadable' };
  if (field('realm') !== PHONE_REALM || (qop !== null && qop !== 'auth')) return { kind: 'unreadable' };
  const [nc, cnonce] = [field('nc'), field('cnonce')];
  if (qop !== null && (nc === null || cnonce === null)) return { kind: 'unreadable' };
  if (field('userhash')?.toLowerCase() === 'true') return { kind: 'unreadable' };
  return {
    kind: 'digest',
    ...{ user, nonce, uri, hash, qop },
    response: response.toLowerCase(),
    nc: nc ?? '',
    cnonce: cnonce ?? '',
  };
}

/** What `response` has to be, were this HA1 the asker's. */
export function expectedResponse(
  { uri, ...use }: DigestCredentials,
  method: string,
  ha1: string,
  hash: (text: string) => string,
): string {
  return requestDigest(ha1, hash(`${method}:${uri}`), use, hash);
}

/** One challenge (RFC 7616 §3.3). `stale`: the same again with this nonce, and nobody need type anything. */
export function digestChallenge(hash: PhoneHash, nonce: string, isStale: boolean): string {
  const stale = isStale ? ', stale=true' : '';
  return `Digest realm="${PHONE_REALM}", qop="auth", algorithm=${hash}, nonce="${nonce}"${stale}`;
}

/** The other one (RFC 7617 §2). */
export const BASIC_CHALLENGE = `Basic realm="${PHONE_REALM}"`;

/**
 * A nonce of its time alone, for one address: `seal` signs it with a key that nobody else has, so nothing need be remembered
 * of it. A request that was listened to is good from the same address, for the same file, within `NONCE_MS`; whoever could
 * listen has read that file.
 */
export function nonceAt(at: number, address: string, seal: (text: string) => string): string {
  const time = Math.max(0, Math.floor(at)).toString(36).padStart(9, '0');
  return `${time}-${seal(`${time} ${address}`)}`;
}

/** When a nonce would have been given, ms; null for what no nonce of ours looks like. Its seal is the caller's to check. */
export function nonceTime(nonce: string): number | null {
  const [, time] = /^([0-9a-z]{9})-[A-Za-z0-9_-]+$/.exec(nonce) ?? [];
  return time === undefined ? null : Number.parseInt(time, 36);
}

/** Is a nonce of that time still good; a clock that was set back ends it too. */
export function isFreshNonce(givenAt: number, now: number): boolean {
  return now >= givenAt && now - givenAt < NONCE_MS;
}

function basicOf(token: string): Authorization {
  const text = decoded(token);
  const at = text?.indexOf(':') ?? -1;
  if (text === null || at < 0) return { kind: 'unreadable' };
  return { kind: 'basic', user: text.slice(0, at), password: new Secret(text.slice(at + 1)) };
}

/** Users and passwords of ours are ASCII, so the charset is no matter. */
function decoded(token: string): string | null {
  try {
    return atob(token);
  } catch {
    return null;
  }
}

function hashOf(name: string): PhoneHash | null {
  const upper = name.toUpperCase();
  return upper === 'MD5' || upper === 'SHA-256' ? upper : null;
}
