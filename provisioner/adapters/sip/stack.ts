import type { SipResponse } from '../../core/sip-message.ts';
import type { SipDestination } from '../../core/sip-uri.ts';

/** One request outside of any dialog, ready but for its Via. Every text in it was checked for line breaks. */
export interface SipRequest {
  readonly method: 'REGISTER' | 'NOTIFY';
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly fromTag: string;
  readonly cseq: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What became of one transaction. `answer` is the final answer of the other side; what a stack makes up itself is not. */
export type SipReply =
  | { readonly kind: 'answer'; readonly response: SipResponse }
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** This stack cannot send like that: no such transport, a URI that it refuses. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  | { readonly kind: 'indeterminate'; readonly detail: string };

/** A way to one destination; requests that belong together go by the same, so that they come from one port. */
export interface SipFlow {
  /** Our address as the other side sees it, for Contact: `host:port`. */
  readonly sentBy: string;
  /** Never rejects. When the signal fires it lets go of everything and resolves soon, with any reply. */
  send(request: SipRequest, signal: AbortSignal): Promise<SipReply>;
  release(): void;
}

/** What differs between the stacks: one transaction. Digest, verdicts and deadlines are the same for both. */
export interface SipStack {
  readonly kind: 'embedded' | 'drachtio';
  readiness(): { readonly isReady: boolean; readonly detail: string | null };
  /** Never rejects. */
  open(destination: SipDestination, signal: AbortSignal): Promise<SipFlow | Exclude<SipReply, { kind: 'answer' }>>;
  close(): Promise<void>;
}

/** The only User-Agent we use, so that a registrar's operator can tell our probes and let them through. */
export const USER_AGENT = 'wisp-edge';
