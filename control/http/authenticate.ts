import { createHash, timingSafeEqual } from 'node:crypto';
import type { TokenConfig } from '../../schemas/config/control.ts';
import { isAllowed, scopesFor, type NeededScope } from '../core/scopes.ts';
import { throttleKey, type LoginThrottle } from '../core/login-throttle.ts';
import { ProblemError } from './problems.ts';

const CHALLENGE = 'Bearer realm="wisp-edge"';

export interface Login {
  readonly authorization: string | undefined;
  readonly address: string;
  readonly now: number;
}

/** The token that was sent, or a 401; a 429 once an address has sent too many wrong ones. */
export function authenticate(tokens: readonly TokenConfig[], throttle: LoginThrottle, login: Login): TokenConfig {
  const { authorization } = login;
  if (authorization === undefined) {
    throw new ProblemError('unauthenticated', { headers: { 'www-authenticate': CHALLENGE } });
  }
  const sent = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization.trim())?.[1];
  const token = sent === undefined ? undefined : tokenOf(tokens, sent);
  if (token !== undefined) return token;
  const wait = throttle.refused(throttleKey(login.address), login.now);
  if (wait !== null) throw new ProblemError('too-many-logins', { headers: { 'retry-after': String(wait) } });
  throw new ProblemError('unauthenticated', {
    detail: 'the token is not known here',
    headers: { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` },
  });
}

/** Throws a 403 that names the scope when the token's do not suffice (RFC 6750 §3.1). */
export function authorize(token: TokenConfig, needed: NeededScope): void {
  if (isAllowed(token.scopes, needed)) return;
  throw new ProblemError('forbidden', {
    detail: `token ${token.name} needs one of the scopes ${scopesFor(needed)}`,
    headers: {
      'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${needed.replace(/ or /g, ' ')}"`,
    },
  });
}

/** Is this token, let in before, still one that may? The configuration may have been reloaded since. */
export function stillMay(tokens: readonly TokenConfig[], { sha256 }: TokenConfig, needed: NeededScope | null): boolean {
  return needed === null || tokens.some((token) => token.sha256 === sha256 && isAllowed(token.scopes, needed));
}

/** Every hash is compared, so that the time tells nothing of which one matched. */
function tokenOf(tokens: readonly TokenConfig[], sent: string): TokenConfig | undefined {
  const hash = createHash('sha256').update(sent).digest();
  const matches = tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')));
  return matches[0];
}
