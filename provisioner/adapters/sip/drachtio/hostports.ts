import type { SipTransport } from '../../../core/registrar.ts';

/** Where drachtio-server sends SIP from, by transport: `tcp/127.0.0.1:5070,udp/127.0.0.1:5070` → host:port. */
export type Hostports = ReadonlyMap<SipTransport, string>;

/** Reads what it tells at authentication; it may be empty, incomplete or double for a while after a restart. */
export function parseHostports(text: unknown): Hostports {
  const hostports = new Map<SipTransport, string>();
  if (typeof text !== 'string') return hostports;
  for (const part of text.split(',')) {
    const [, transport, hostport] = /^(udp|tcp|tls)\/(\S+:\d+)$/i.exec(part.trim()) ?? [];
    const name = transport?.toLowerCase();
    if (hostport === undefined) continue;
    if ((name === 'udp' || name === 'tcp' || name === 'tls') && !hostports.has(name)) hostports.set(name, hostport);
  }
  return hostports;
}

const OLDEST = [0, 9, 10] as const;

/** Older ones crash and leak (fixed up to 0.9.10). A version that does not say is not judged. */
export function isTooOld(version: unknown): boolean {
  const parts = typeof version === 'string' ? /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) : undefined;
  if (parts === undefined) return false;
  for (const [at, least] of OLDEST.entries()) {
    const part = parts[at] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
