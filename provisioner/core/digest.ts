import { checkHeaderText, hasControl, quoted, readQuoted, type HeaderParameters } from './sip-text.ts';

/** Hash functions of RFC 7616 §6.1 and RFC 8760 §2. */
export const DIGEST_HASHES = ['MD5', 'SHA-256', 'SHA-512-256'] as const;
export type DigestHash = (typeof DIGEST_HASHES)[number];

/** The hash of the text's UTF-8 bytes, in lower-case hex. */
export type HashText = (hash: DigestHash, text: string) => string;

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  /** As the server wrote it, to be echoed; null: it named none, which means MD5. */
  readonly algorithm: string | null;
  readonly qops: readonly string[];
  readonly isStale: boolean;
}

/** A challenge that can be answered, and how. */
export interface ChosenChallenge {
  readonly challenge: Challenge;
  readonly hash: DigestHash;
  readonly isSession: boolean;
  readonly qop: 'auth' | 'auth-int' | null;
}

export type Choice =
  | ({ readonly kind: 'chosen' } & ChosenChallenge)
  /** Challenges there are, but none in an algorithm or quality of protection that we know. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  | { readonly kind: 'none' };

export interface DigestInput {
  readonly chosen: ChosenChallenge;
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The digest-uri: the Request-URI, to the letter. */
  readonly uri: string;
  readonly body: string;
  /** How often this nonce has been used, this time included. */
  readonly nonceCount: number;
  readonly cnonce: string;
}

interface Scheme {
  readonly scheme: string;
  readonly parameters: HeaderParameters;
}

/**
 * All Digest challenges of a response, in the server's order of preference (RFC 8760 §2.3). `values` are its
 * WWW-Authenticate (or Proxy-Authenticate) headers, each of which may hold several. What is malformed, of another scheme,
 * or holds control characters is left out.
 */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap(parseSchemes).flatMap(({ scheme, parameters }) => {
    const realm = parameters.get('realm');
    const nonce = parameters.get('nonce');
    if (scheme.toLowerCase() !== 'digest' || typeof realm !== 'string' || typeof nonce !== 'string') return [];
    if ([...parameters.values()].some((value) => value !== null && hasControl(value))) return [];
    return {
      realm,
      nonce,
      opaque: parameters.get('opaque') ?? null,
      algorithm: parameters.get('algorithm') ?? null,
      qops: (parameters.get('qop') ?? '')
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((qop) => qop !== ''),
      isStale: parameters.get('stale')?.toLowerCase() === 'true',
    };
  });
}

/** The topmost challenge that we can answer (RFC 8760 §2.4); `auth` is preferred to `auth-int`. */
export function chooseChallenge(challenges: readonly Challenge[]): Choice {
  for (const challenge of challenges) {
    const algorithm = algorithmOf(challenge.algorithm ?? 'MD5');
    const qop = qopOf(challenge.qops);
    if (algorithm !== null && qop !== 'unknown') return { kind: 'chosen', challenge, ...algorithm, qop };
  }
  const [first] = challenges;
  if (first === undefined) return { kind: 'none' };
  const asked = challenges.map(({ algorithm, qops }) => [algorithm ?? 'MD5', ...qops].join(' '));
  return { kind: 'unsupported', detail: `digest ${asked.join(', ')}` };
}

/**
 * The value of Authorization (or Proxy-Authorization) that answers a challenge (RFC 7616 §3.4, RFC 8760).
 *
 * @throws AppError `sip-protocol` when a value would break out of the header.
 */
export function authorization(input: DigestInput, hash: HashText): string {
  const { chosen, username, uri, cnonce } = input;
  const { challenge, qop, isSession } = chosen;
  for (const [field, text] of Object.entries({
    username,
    password: input.password,
    realm: challenge.realm,
    nonce: challenge.nonce,
    opaque: challenge.opaque ?? '',
    algorithm: challenge.algorithm ?? '',
    uri,
    cnonce,
    method: input.method,
  })) {
    checkHeaderText(`The digest's ${field}`, text);
  }
  const nc = input.nonceCount.toString(16).padStart(8, '0');
  const parts = [
    `username=${quoted(username)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(uri)}`,
    `response="${responseOf(input, nc, hash)}"`,
    ...(challenge.algorithm === null ? [] : [`algorithm=${challenge.algorithm}`]),
    // With -sess the server cannot compute without the cnonce, whatever it said about qop.
    ...(qop === null && !isSession ? [] : [`cnonce=${quoted(cnonce)}`]),
    ...(challenge.opaque === null ? [] : [`opaque=${quoted(challenge.opaque)}`]),
    ...(qop === null ? [] : [`qop=${qop}`, `nc=${nc}`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

function responseOf(input: DigestInput, nc: string, hashText: HashText): string {
  const { chosen, cnonce, method, uri } = input;
  const { realm, nonce } = chosen.challenge;
  const hash = (text: string): string => hashText(chosen.hash, text);
  const base = hash(`${input.username}:${realm}:${input.password}`);
  const ha1 = chosen.isSession ? hash(`${base}:${nonce}:${cnonce}`) : base;
  const ha2 = hash(chosen.qop === 'auth-int' ? `${method}:${uri}:${hash(input.body)}` : `${method}:${uri}`);
  return requestDigest(ha1, ha2, { nonce, nc, cnonce, qop: chosen.qop }, hash);
}

/** What the client says of a nonce's use, as it wrote it. */
export interface NonceUse {
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  /** Null: as before there was any (RFC 2617 §3.2.2.1). */
  readonly qop: string | null;
}

/** The digest of a request, of HA1 and HA2 (RFC 7616 §3.4.1). */
export function requestDigest(
  ha1: string,
  ha2: string,
  { nonce, nc, cnonce, qop }: NonceUse,
  hash: (text: string) => string,
): string {
  return hash(qop === null ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
}

function algorithmOf(name: string): { readonly hash: DigestHash; readonly isSession: boolean } | null {
  const upper = name.toUpperCase();
  const isSession = upper.endsWith('-SESS');
  const base = isSession ? upper.slice(0, -'-SESS'.length) : upper;
  const hash = DIGEST_HASHES.find((known) => known === base);
  return hash === undefined ? null : { hash, isSession };
}

function qopOf(qops: readonly string[]): 'auth' | 'auth-int' | null | 'unknown' {
  if (qops.length === 0) return null;
  if (qops.includes('auth')) return 'auth';
  return qops.includes('auth-int') ? 'auth-int' : 'unknown';
}

const TOKEN = /[^\s,="]+/y;

/**
 * `scheme name=value, name="value", scheme …` (RFC 7235 §2.1): commas part both parameters and challenges, so a token
 * without `=` is what starts the next challenge.
 */
export function parseSchemes(text: string): readonly Scheme[] {
  const schemes: { scheme: string; parameters: Map<string, string | null> }[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) {
      at = text[at] === '"' ? readQuoted(text, at).end : at + 1;
      continue;
    }
    at = skipBlanks(text, at + token.length);
    if (text[at] !== '=') {
      schemes.push({ scheme: token, parameters: new Map() });
      continue;
    }
    at = skipBlanks(text, at + 1);
    const { value, end } = text[at] === '"' ? readQuoted(text, at) : readToken(text, at);
    at = end;
    const parameters = schemes.at(-1)?.parameters;
    const name = token.toLowerCase();
    if (parameters?.has(name) === false) parameters.set(name, value);
  }
  return schemes;
}

function readToken(text: string, from: number): { readonly value: string; readonly end: number } {
  TOKEN.lastIndex = from;
  const value = TOKEN.exec(text)?.[0] ?? '';
  return { value, end: from + value.length };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}
