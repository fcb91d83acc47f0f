import { createHash, randomBytes } from 'node:crypto';

/** RFC 8760 §2; each has a `-sess` form too (RFC 7616 §3.4.2). */
const HASHES: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** One challenge as a server writes it. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** As it is written; null: left out, which means MD5. It need not be one anybody knows. */
  readonly algorithm: string | null;
  /** As it is written, e.g. `auth` or `auth-int,auth`; null: left out (RFC 2069). */
  readonly qop: string | null;
  readonly isStale?: boolean;
  readonly opaque?: string;
}

/** Everything a digest is made of (RFC 7616 §3.4). */
export interface DigestInput {
  readonly algorithm: string | null;
  readonly username: string;
  readonly realm: string;
  readonly key: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly qop: string | null;
  readonly nc: string;
  readonly cnonce: string;
  readonly body: string;
}

/** The `response` of a digest, or null when nobody knows the algorithm or the qop. */
export function digestResponse(input: DigestInput): string | null {
  const named = (input.algorithm ?? 'MD5').toLowerCase();
  const isSession = named.endsWith('-sess');
  const hash = HASHES[isSession ? named.slice(0, -5) : named];
  if (hash === undefined) return null;
  const h = (text: string): string => createHash(hash).update(text).digest('hex');
  const first = h(`${input.username}:${input.realm}:${input.key}`);
  const a1 = isSession ? h(`${first}:${input.nonce}:${input.cnonce}`) : first;
  switch (input.qop) {
    case null:
      return h(`${a1}:${input.nonce}:${h(`${input.method}:${input.uri}`)}`);
    case 'auth':
    case 'auth-int': {
      const entity = input.qop === 'auth' ? '' : `:${h(input.body)}`;
      const a2 = h(`${input.method}:${input.uri}${entity}`);
      return h(`${a1}:${input.nonce}:${input.nc}:${input.cnonce}:${input.qop}:${a2}`);
    }
    default:
      return null;
  }
}

/** `Digest realm="…", …` for WWW-Authenticate. */
export function challengeText(challenge: Challenge): string {
  const parts = [`realm=${quoted(challenge.realm)}`, `nonce=${quoted(challenge.nonce)}`];
  if (challenge.opaque !== undefined) parts.push(`opaque=${quoted(challenge.opaque)}`);
  if (challenge.isStale === true) parts.push('stale=true');
  if (challenge.algorithm !== null) parts.push(`algorithm=${challenge.algorithm}`);
  if (challenge.qop !== null) parts.push(`qop="${challenge.qop}"`);
  return `Digest ${parts.join(', ')}`;
}

/** Parameters of a digest header by lower-case name, quotes taken off; null for another scheme. */
export function parseDigest(value: string): Map<string, string> | null {
  const scheme = /^digest\s+/i.exec(value);
  if (scheme === null) return null;
  const found = new Map<string, string>();
  const pairs = value.slice(scheme[0].length);
  for (const [, name = '', text, plain] of pairs.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/g)) {
    found.set(name.toLowerCase(), text?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return found;
}

/** What a client answers with. */
export interface Credential {
  readonly username: string;
  readonly key: string;
}

/**
 * Authorization for the topmost challenge that we know (RFC 8760 §2.4), or null when we know none. `qop` auth is preferred
 * to auth-int, as most phones do.
 */
export function answerChallenge(
  challenges: readonly string[],
  credential: Credential,
  request: { readonly method: string; readonly uri: string; readonly body: string },
): string | null {
  for (const challenge of challenges) {
    const asked = parseDigest(challenge);
    const realm = asked?.get('realm');
    const nonce = asked?.get('nonce');
    if (asked === null || realm === undefined || nonce === undefined) continue;
    const algorithm = asked.get('algorithm') ?? null;
    const offered = asked
      .get('qop')
      ?.split(',')
      .map((each) => each.trim().toLowerCase());
    const qop = offered === undefined ? null : offered.includes('auth') ? 'auth' : (offered[0] ?? null);
    const cnonce = randomBytes(8).toString('hex');
    const nc = '00000001';
    const { username, key } = credential;
    const response = digestResponse({ algorithm, username, realm, key, nonce, qop, nc, cnonce, ...request });
    if (response === null) continue;
    const parts = [
      `username=${quoted(username)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri="${request.uri}"`,
      `response="${response}"`,
    ];
    if (algorithm !== null) parts.push(`algorithm=${algorithm}`);
    if (qop !== null || algorithm?.toLowerCase().endsWith('-sess') === true) parts.push(`cnonce="${cnonce}"`);
    if (qop !== null) parts.push(`qop=${qop}`, `nc=${nc}`);
    const opaque = asked.get('opaque');
    if (opaque !== undefined) parts.push(`opaque=${quoted(opaque)}`);
    return `Digest ${parts.join(', ')}`;
  }
  return null;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
