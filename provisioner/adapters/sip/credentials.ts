import {
  authorization,
  chooseChallenge,
  parseChallenges,
  type ChosenChallenge,
  type HashText,
} from '../../core/digest.ts';
import { headerValues, type SipResponse } from '../../core/sip-message.ts';
import type { SipCredential } from '../../ports.ts';
import type { SipRequest } from './stack.ts';

export type Demand =
  /** Send again, with these headers. */
  | { readonly kind: 'answer'; readonly headers: SipRequest['headers'] }
  /** It judged every credential we have; `algorithm` is that of the last digest. */
  | { readonly kind: 'spent'; readonly algorithm: string | null }
  /** The nonce of the second try was called stale as well: that judges no credential (RFC 7616 §3.3). */
  | { readonly kind: 'stale' }
  | { readonly kind: 'unsupported'; readonly detail: string };

export interface CredentialsOptions {
  readonly credentials: readonly SipCredential[];
  readonly hash: HashText;
  readonly newCnonce: () => string;
}

/** One who challenges: the registrar or phone itself (401), or a proxy on the way (407). Each may want its own answer. */
interface Asker {
  readonly header: 'Authorization' | 'Proxy-Authorization';
  chosen: ChosenChallenge;
  credential: SipCredential;
  /** Index of `credential`. */
  tried: number;
  /** `credential` was sent again already, with a fresh nonce. */
  hasRetried: boolean;
}

/** The digest's side of one request: which credential is next, how often a nonce was used (RFC 7616 §3.4). */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #askers = new Map<number, Asker>();
  readonly #nonceCounts = new Map<string, number>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** The algorithm of the digests sent so far; null: none was asked for. */
  get algorithm(): string | null {
    const chosen = [...this.#askers.values()].at(-1)?.chosen;
    return chosen === undefined ? null : (chosen.challenge.algorithm ?? 'MD5');
  }

  /**
   * What to do about a 401 or 407.
   *
   * @throws AppError `sip-protocol` when a credential would break out of its header.
   */
  demanded(response: SipResponse, request: Pick<SipRequest, 'method' | 'uri'>): Demand {
    const isProxy = response.status === 407;
    const choice = chooseChallenge(
      parseChallenges(headerValues(response, isProxy ? 'proxy-authenticate' : 'www-authenticate')),
    );
    if (choice.kind === 'unsupported') return choice;
    if (choice.kind === 'none') return { kind: 'spent', algorithm: this.algorithm };
    const asker = this.#askers.get(response.status);
    if (asker?.hasRetried === true && choice.challenge.isStale) return { kind: 'stale' };
    const next = asker === undefined ? 0 : nextAfter(asker, choice);
    const credential = this.#options.credentials[next];
    if (credential === undefined) return { kind: 'spent', algorithm: choice.challenge.algorithm ?? 'MD5' };
    this.#askers.set(response.status, {
      header: isProxy ? 'Proxy-Authorization' : 'Authorization',
      chosen: choice,
      credential,
      tried: next,
      hasRetried: asker?.tried === next,
    });
    return { kind: 'answer', headers: this.#headers(request) };
  }

  #headers({ method, uri }: Pick<SipRequest, 'method' | 'uri'>): SipRequest['headers'] {
    return [...this.#askers.values()].map(({ header, chosen, credential }) => {
      const { nonce } = chosen.challenge;
      const nonceCount = (this.#nonceCounts.get(nonce) ?? 0) + 1;
      this.#nonceCounts.set(nonce, nonceCount);
      const value = authorization(
        {
          chosen,
          username: credential.authUser,
          password: credential.key.reveal(),
          method,
          uri,
          body: '',
          nonceCount,
          cnonce: this.#options.newCnonce(),
        },
        this.#options.hash,
      );
      return [header, value];
    });
  }
}

/**
 * The same credential again where the nonce was called stale; else the next. A plain 401 is a refusal even when a nonce may
 * have expired without a word: registrars count digests, and lock extensions out. The prober asks once more, later and from
 * the start.
 */
function nextAfter(asker: Asker, { challenge }: ChosenChallenge): number {
  return challenge.isStale ? asker.tried : asker.tried + 1;
}
