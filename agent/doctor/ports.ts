import type { LinkFacts, PeerFacts, PortalFacts, ProxyAnswer } from '../core/doctor/facts.ts';
import type { RouterTarget } from '../ports.ts';

export interface ProbeOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What the doctor tries from this box besides the API session. None of them rejects but on abort. */
export interface DoctorProbes {
  /** Where the way to the router ends, after a session could not be opened; no word of a login is sent. */
  knock(target: RouterTarget, options: ProbeOptions): Promise<Extract<LinkFacts, { kind: 'down' }> | null>;
  /** A TLS handshake and nothing after it: whom it meets. */
  meet(target: RouterTarget, options: ProbeOptions): Promise<PeerFacts>;
  /** One HTTP request to the proxy's port. */
  askProxy(host: string, port: number, options: ProbeOptions): Promise<ProxyAnswer>;
  /** Ports 443 and 80 of one address of the portal; null where this box has no way to that family. */
  reachPortal(address: string, domain: string, options: ProbeOptions): Promise<PortalFacts | null>;
}
