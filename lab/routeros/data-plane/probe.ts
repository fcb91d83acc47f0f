import type { Duplex } from 'node:stream';
import type { AccessDecision } from './access-rules.ts';
import type { Connection } from './connections.ts';
import type { Admission } from './firewall.ts';
import type { Packet } from './packet.ts';

/** Where a packet comes from, where it goes. `isWan`: it enters by the WAN interface. */
export interface PacketSpec {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly source: string;
  readonly sourcePort?: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly isWan?: boolean;
}

export interface ProbeSpec extends PacketSpec {
  /** What is asked for when the packet ends in the proxy. */
  readonly http?: { readonly host: string; readonly path?: string; readonly method?: string };
}

export interface ProbeResult {
  /**
   * `accepted`: passed on to `destination`; `proxied`: taken by the proxy; `refused`: at the router itself, where nothing
   * listens.
   */
  readonly verdict: 'accepted' | 'proxied' | 'refused' | 'rejected' | 'dropped';
  /** Every rule that matched, in order, with menu, id, action and comment. */
  readonly by: readonly string[];
  readonly rejectWith: string | null;
  /** After destination NAT. */
  readonly destination: string;
  readonly destinationPort: number;
  /** As whom the far end sees the sender. */
  readonly seenSource: string | null;
  /** With `http`: what the proxy would do. */
  readonly proxy: {
    readonly kind: AccessDecision['kind'];
    readonly rowId: string | null;
    readonly location: string | null;
  } | null;
}

/** What a new TCP connection meets. */
export type Dialed =
  | { readonly kind: 'open'; readonly stream: Duplex; readonly connection: Connection }
  | { readonly kind: 'refused' }
  | { readonly kind: 'rejected'; readonly rejectWith: string }
  | { readonly kind: 'silent' };

/** A datagram or a connection that did not get through. */
export interface Undelivered {
  readonly packet: Packet;
  readonly why: 'dropped' | 'rejected' | 'nobody';
  readonly trail: readonly string[];
}

/** The verdict of an admission; at the router itself it depends on whether something listens there. */
export function verdictOf(admission: Admission, isListening: boolean): ProbeResult['verdict'] {
  if (admission.kind === 'drop') return 'dropped';
  if (admission.kind === 'reject') return 'rejected';
  if (!admission.isLocal) return 'accepted';
  return isListening ? 'proxied' : 'refused';
}
