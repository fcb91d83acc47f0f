import { parseAddress, parseUri } from '../sip/address.ts';
import { header, headerLines, type Header, type SipRequest } from '../sip/message.ts';

/** What goes wrong with one message that reaches the registrar. */
export type RegistrarFault =
  /** Lost on its way in: nothing of it is seen, a retransmission is a message of its own. */
  | { readonly kind: 'drop' }
  /** Taken and done, and the answer is lost. */
  | { readonly kind: 'no-answer' }
  /** The nonce is called stale, in spite of all. */
  | { readonly kind: 'stale' }
  /** This answer instead of the right one, before any digest: 403, 423, 429, 503 with Retry-After … */
  | { readonly kind: 'answer'; readonly status: number; readonly reason?: string; readonly headers?: readonly Header[] }
  /** The right answer, in the name of another transaction. */
  | { readonly kind: 'wrong-branch' }
  /** Bytes that are no SIP, instead of the answer. */
  | { readonly kind: 'garbage' }
  /** The right answer, that much later. */
  | { readonly kind: 'late'; readonly ms: number };

/** Which messages a fault waits for: the `nth` (1 = the next) that fits, and `times` from there on. */
export interface RegistrarTrigger {
  readonly method?: string;
  /** User of the To header. */
  readonly user?: string;
  /** Only requests with, or only those without, Authorization. */
  readonly hasAuthorization?: boolean;
  readonly nth?: number;
  /** Default 1; Infinity for ever. */
  readonly times?: number;
}

export interface ArmedRegistrarFault {
  readonly fired: number;
  disarm(): void;
}

interface Armed {
  readonly trigger: RegistrarTrigger;
  readonly fault: RegistrarFault;
  seen: number;
  fired: number;
}

/** The fault script of one registrar. */
export class RegistrarFaults {
  readonly #armed = new Set<Armed>();

  arm(trigger: RegistrarTrigger, fault: RegistrarFault): ArmedRegistrarFault {
    const armed: Armed = { trigger, fault, seen: 0, fired: 0 };
    this.#armed.add(armed);
    return {
      get fired() {
        return armed.fired;
      },
      disarm: () => this.#armed.delete(armed),
    };
  }

  /** No request gets through until it is disarmed. */
  blackHole(): ArmedRegistrarFault {
    return this.arm({ times: Infinity }, { kind: 'drop' });
  }

  clear(): void {
    this.#armed.clear();
  }

  /** The fault of a message whose turn has come, or null. */
  take(request: SipRequest): RegistrarFault | null {
    let taken: RegistrarFault | null = null;
    for (const armed of this.#armed) {
      if (!fits(armed.trigger, request)) continue;
      armed.seen += 1;
      if (taken !== null || armed.seen < (armed.trigger.nth ?? 1)) continue;
      taken = armed.fault;
      armed.fired += 1;
      if (armed.fired >= (armed.trigger.times ?? 1)) this.#armed.delete(armed);
    }
    return taken;
  }
}

/** User part of the To header; empty without one. */
export function userOf(request: SipRequest): string {
  return parseUri(parseAddress(header(request, 'to') ?? '').uri)?.user ?? '';
}

function fits(trigger: RegistrarTrigger, request: SipRequest): boolean {
  if (trigger.method !== undefined && trigger.method !== request.method) return false;
  if (trigger.user !== undefined && trigger.user !== userOf(request)) return false;
  const hasAuthorization = headerLines(request, 'authorization').length > 0;
  return trigger.hasAuthorization === undefined || trigger.hasAuthorization === hasAuthorization;
}
