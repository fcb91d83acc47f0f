import { Secret } from './secret.ts';

/**
 * The protection space of phones that come with a user and a password (RFC 7617 §2.2, RFC 7616 §3.3). Every stored HA1 holds
 * it: were it ever another one, no password would be good any more.
 */
export const PHONE_REALM = 'phones';

/** What HA1 is the hash of (RFC 7616 §3.4.2). */
export function ha1Text(user: string, password: string): string {
  return `${user}:${PHONE_REALM}:${password}`;
}

/** What a phone's password is checked by, one for each hash, lower-case hex. Whoever has one can answer a challenge. */
export interface Ha1 {
  readonly md5: string;
  readonly sha256: string;
}

/** As one text, to be sealed. */
export function packHa1({ md5, sha256 }: Ha1): Secret {
  return new Secret(`${md5}:${sha256}`);
}

/** Reads what `packHa1` wrote; null for anything else. */
export function readHa1(packed: Secret): Ha1 | null {
  const [, md5, sha256] = /^([0-9a-f]{32}):([0-9a-f]{64})$/.exec(packed.reveal()) ?? [];
  return md5 === undefined || sha256 === undefined ? null : { md5, sha256 };
}
