import { domainToASCII } from 'node:url';
import { AppError } from '../../../schemas/app-error.ts';
import type { ResolvedAddress, ResolveHost, Resolution } from '../../ports.ts';
import { isHostName } from './chain.ts';
import { lookUp, type Lookup } from './lookup.ts';
import { canonicalName } from './message.ts';
import { parseServerAddress, type ServerAddress } from './server-address.ts';

export interface ResolverOptions {
  /** `ip`, `ip:port` or `[v6]:port`; may be empty. */
  readonly resolvers: readonly string[];
  /** Deadline of one host at one resolver, aliases and TCP included, ms. */
  readonly timeoutMs: number;
  /** UDP queries sent within the deadline before silence counts; default 3. */
  readonly attempts?: number;
}

/** Throws `config-invalid` for a resolver that is no address. */
export function makeResolver(options: ResolverOptions): ResolveHost {
  const servers = options.resolvers.map(parseServerAddress);
  const tryMs = Math.max(1, options.timeoutMs / (options.attempts ?? 3));
  return async (host, signal) => {
    assertRunning(signal, host);
    const name = canonicalName(/[^\0-\x7f]/.test(host) ? domainToASCII(host) : host);
    if (!isHostName(name)) {
      return servers.map(({ text }) => ({ kind: 'invalid', resolver: text, detail: `"${host}" is no host name` }));
    }
    const resolutions = await Promise.all(
      servers.map((server) => resolveAt(server, name, options.timeoutMs, tryMs, signal)),
    );
    assertRunning(signal, host);
    return resolutions;
  };
}

async function resolveAt(
  server: ServerAddress,
  name: string,
  timeoutMs: number,
  tryMs: number,
  signal: AbortSignal,
): Promise<Resolution> {
  const options = { deadlineAt: performance.now() + timeoutMs, tryMs, signal };
  const [v4, v6] = await Promise.all([lookUp(server, name, 'A', options), lookUp(server, name, 'AAAA', options)]);
  return { resolver: server.text, ...merge(v4, v6) };
}

/**
 * One address family is enough for an answer: some resolvers are mute to AAAA for ever. Without any, the doubtful outcome
 * stands before the certain one, so that "no address" is said only where both families said so.
 */
function merge(v4: Lookup, v6: Lookup): Lookup {
  if (v4.kind === 'answer' && v6.kind === 'answer') {
    return {
      kind: 'answer',
      chain: v4.chain.length >= v6.chain.length ? v4.chain : v6.chain,
      addresses: distinct([...v4.addresses, ...v6.addresses]),
    };
  }
  if (v4.kind === 'answer') return { ...v4, addresses: distinct(v4.addresses), ...doubt(v6, 6) };
  if (v6.kind === 'answer') return { ...v6, addresses: distinct(v6.addresses), ...doubt(v4, 4) };
  for (const kind of ['timeout', 'server-failure', 'invalid', 'no-data', 'no-such-name'] as const) {
    const found = [v4, v6].find((lookup) => lookup.kind === kind);
    if (found !== undefined) return found;
  }
  return v4;
}

/** A family of which the server did not say that there is nothing. */
function doubt({ kind }: Lookup, family: 4 | 6): { readonly unanswered?: readonly (4 | 6)[] } {
  return kind === 'no-data' || kind === 'no-such-name' ? {} : { unanswered: [family] };
}

/** One entry an address, with its smallest TTL. */
function distinct(addresses: readonly ResolvedAddress[]): readonly ResolvedAddress[] {
  const ttls = new Map<string, number>();
  for (const { address, ttlSeconds } of addresses) {
    ttls.set(address, Math.min(ttls.get(address) ?? ttlSeconds, ttlSeconds));
  }
  return [...ttls].map(([address, ttlSeconds]) => ({ address, ttlSeconds }));
}

function assertRunning(signal: AbortSignal, host: string): void {
  if (signal.aborted) throw new AppError('aborted', `Resolving ${host} was stopped by us`);
}
