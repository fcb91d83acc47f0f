import type { Binding } from '../../schemas/rotation-progress.ts';
import { bindingsOf } from './sip-bindings.ts';
import { retryAfterSeconds, type SipResponse } from './sip-message.ts';

/** What a registrar's answer to a REGISTER without Contact says, once no more digest can be tried. */
export type ProbeVerdict =
  | {
      readonly kind: 'valid';
      readonly status: number;
      readonly bindings: readonly Binding[];
      readonly algorithm: string | null;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly algorithm: string }
  | {
      readonly kind: 'locked';
      readonly status: number;
      readonly retryAfterSeconds: number | null;
      readonly algorithm: string | null;
    }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly status: number; readonly detail: string };

/** What a phone's, or a proxy's, answer to a NOTIFY says. */
export type NotifyVerdict =
  | { readonly kind: 'received'; readonly status: number; readonly wasChallenged: boolean }
  | { readonly kind: 'not-taken'; readonly status: number }
  | { readonly kind: 'not-registered'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'not-told'; readonly status: number }
  | { readonly kind: 'locked'; readonly status: number; readonly retryAfterSeconds: number | null }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly status: number; readonly detail: string };

/**
 * Reads the final answer to a probe. `algorithm` is that of the digest it judged; null: there was none, so a 200 says
 * nothing about the key. 403, 429 and 503 mean that we are locked out or too fast: they stop the registrar's queue. Some
 * registrars answer a wrong key with 403; whoever reads `algorithm` can tell that it followed a digest.
 */
export function probeVerdict(response: SipResponse, algorithm: string | null): ProbeVerdict {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'valid', status, bindings: bindingsOf(response), algorithm };
  switch (status) {
    case 401:
    case 407:
      if (algorithm !== null) return { kind: 'refused', status, algorithm };
      return { kind: 'unsupported', status, detail: `${line(response)}, without a digest challenge` };
    case 403:
    case 429:
    case 503:
      return { kind: 'locked', status, retryAfterSeconds: retryAfterSeconds(response), algorithm };
    // The registrar, or a proxy before it, could not do it now.
    case 408:
    case 500:
    case 502:
    case 504:
      return { kind: 'unreachable', detail: line(response) };
    default:
      return { kind: 'unsupported', status, detail: line(response) };
  }
}

/**
 * Reads the final answer to a NOTIFY. 200 and 202 say received, never applied. A phone challenges with 401, a proxy with 407
 * (RFC 3261 §22.2, §22.3); by way of the registrar 403, 429 and 503 are the registrar's, and the phone knows nothing.
 */
export function notifyVerdict(
  response: SipResponse,
  wasChallenged: boolean,
  route: 'registrar' | 'direct',
): NotifyVerdict {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'received', status, wasChallenged };
  switch (status) {
    case 401:
      return { kind: 'refused', status };
    case 407:
      return { kind: 'not-told', status };
    case 403:
    case 429:
    case 503:
      if (route === 'registrar') return { kind: 'locked', status, retryAfterSeconds: retryAfterSeconds(response) };
      return status === 403 ? { kind: 'refused', status } : { kind: 'unreachable', detail: line(response) };
    case 405:
    case 481:
    case 489:
    case 501:
      return { kind: 'not-taken', status };
    case 404:
    case 410:
    case 480:
      return { kind: 'not-registered', status };
    case 408:
    case 500:
    case 502:
    case 504:
      return { kind: 'unreachable', detail: line(response) };
    default:
      return { kind: 'unsupported', status, detail: line(response) };
  }
}

/** Status and reason for a person to read: the reason is the other side's, so it is cut short and printable. */
function line({ status, reason }: SipResponse): string {
  const printable = reason.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 80);
  return `${status} ${printable}`.trim();
}
