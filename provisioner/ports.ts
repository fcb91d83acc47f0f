import type { Secret } from '../schemas/secret.ts';
import type { Binding } from '../schemas/rotation-progress.ts';
import type { Registrar } from './core/registrar.ts';

/** Time comes in, so that tests decide it. `sleep` rejects with `aborted` when the signal fires. */
export interface Clock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Who registers: the AOR is `sip:{number}@{registrar.domain}`. */
export interface SipCredential {
  readonly number: string;
  readonly authUser: string;
  readonly key: Secret;
}

/**
 * What one REGISTER without Contact told (RFC 3261 §10.2.3). `refused` is one refusal: 401 or 407 after a correct digest,
 * not stale, in an algorithm we know. Two of them, ≥ 2 s apart, make the verdict `invalid`; that is the prober's to say.
 */
export type ProbeAnswer =
  | {
      readonly kind: 'valid';
      readonly status: number;
      readonly bindings: readonly Binding[];
      readonly algorithm: string | null;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly algorithm: string }
  /** 403, 429, or 503 from the registrar itself: its queue stops. `algorithm`: of the digest that it followed; null: none. */
  | {
      readonly kind: 'locked';
      readonly status: number;
      readonly retryAfterSeconds: number | null;
      readonly algorithm: string | null;
    }
  /** No answer by the deadline, no route, a refused connection; also what a stack answers by itself (408, 503). */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** An algorithm or a demand that we do not know, an answer that means "not like this" (400, 405, 423, 501 …). */
  | { readonly kind: 'unsupported'; readonly status: number | null; readonly detail: string }
  /** The stack was lost in between: nothing is known. */
  | { readonly kind: 'indeterminate'; readonly detail: string };

/** Where a NOTIFY goes: the request URI is the exact Contact or the AOR; it is sent by way of the registrar or straight. */
export interface NotifyTarget {
  readonly registrar: Registrar;
  readonly number: string;
  /** The exact Contact URI with its parameters; null: the AOR. */
  readonly contact: string | null;
  readonly route: 'registrar' | 'direct';
}

/** 200 or 202 says received, never applied. */
export type NotifyAnswer =
  | { readonly kind: 'received'; readonly status: number; readonly wasChallenged: boolean }
  /** 405, 481, 489, 501: it takes no unsolicited NOTIFY. */
  | { readonly kind: 'not-taken'; readonly status: number }
  /** 404, 410, 480. */
  | { readonly kind: 'not-registered'; readonly status: number }
  /** It challenged, and none of the credentials was good; straight, also 403. */
  | { readonly kind: 'refused'; readonly status: number }
  /** 407: a proxy on the way kept it to itself. */
  | { readonly kind: 'not-told'; readonly status: number }
  /** 403, 429, 503 from the registrar that was to pass it on: its queue stops, and the phone knows nothing. */
  | { readonly kind: 'locked'; readonly status: number; readonly retryAfterSeconds: number | null }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly status: number | null; readonly detail: string }
  | { readonly kind: 'indeterminate'; readonly detail: string };

export interface SipRequestOptions {
  /** Our own deadline, ms; it wins over the 32 s of RFC 3261's timers. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/**
 * A SIP stack. Neither call ever rejects but for `aborted` (the signal) and `sip-protocol` (a value that would break out
 * of its header): what happens on the network is an answer. Both do their digest with core/digest.ts.
 */
export interface SipClient {
  readonly stack: 'embedded' | 'drachtio';
  /** Can it send now; why not. drachtio: connected, authenticated, with the transport at hand. */
  readiness(): { readonly isReady: boolean; readonly detail: string | null };
  probe(registrar: Registrar, credential: SipCredential, options: SipRequestOptions): Promise<ProbeAnswer>;
  /** `event` is the whole Event value, e.g. `check-sync;reboot=false`. Credentials are tried in order: the old one first. */
  notify(
    target: NotifyTarget,
    event: string,
    credentials: readonly SipCredential[],
    options: SipRequestOptions,
  ): Promise<NotifyAnswer>;
  close(): Promise<void>;
}
