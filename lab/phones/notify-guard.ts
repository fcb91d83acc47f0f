import { randomBytes } from 'node:crypto';
import { challengeText, digestResponse, parseDigest } from '../sip/digest.ts';
import { headerLines, type Header, type SipRequest } from '../sip/message.ts';
import type { LabLine } from './vendor.ts';

/** A phone that asks who tells it to fetch: the digest is that of the account's own key. */
export class NotifyGuard {
  readonly #realm: string;
  readonly #nonces = new Set<string>();

  constructor(realm: string) {
    this.#realm = realm;
  }

  challenge(): Header {
    const nonce = randomBytes(8).toString('hex');
    this.#nonces.add(nonce);
    return ['WWW-Authenticate', challengeText({ realm: this.#realm, nonce, algorithm: 'MD5', qop: 'auth' })];
  }

  /** By the key the phone has now, which in a rotation is the old one. A nonce is good once. */
  isProven(request: SipRequest, line: LabLine): boolean {
    const given = parseDigest(headerLines(request, 'authorization')[0] ?? '');
    const value = (name: string): string => given?.get(name) ?? '';
    if (!this.#nonces.delete(value('nonce'))) return false;
    const response = digestResponse({
      algorithm: 'MD5',
      username: line.authUser,
      realm: this.#realm,
      key: line.key,
      method: request.method,
      uri: value('uri'),
      nonce: value('nonce'),
      qop: 'auth',
      nc: value('nc'),
      cnonce: value('cnonce'),
      body: request.body,
    });
    return value('username') === line.authUser && response === value('response');
  }
}
