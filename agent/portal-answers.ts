import { parseAddress } from '../schemas/address.ts';
import type { ResolverAnswer } from '../schemas/portal-round.ts';
import { isSiteAddress } from './core/portal-chain.ts';
import type { Resolution } from './ports.ts';

/** What the resolvers together said of one host. */
export interface Union {
  /** Null when none gave an answer: failures remove nothing. */
  readonly addresses: readonly string[] | null;
  readonly ttlSeconds: number | null;
  readonly unanswered: readonly (4 | 6)[];
}

/** The union of what the resolvers answered, without what can be no site's address. */
export function unionOf(resolutions: readonly Resolution[]): Union {
  const answers = resolutions.filter((resolution) => resolution.kind === 'answer');
  const all = answers.flatMap((answer) => answer.addresses).filter(({ address }) => isSiteAddress(address));
  if (all.length === 0) return { addresses: null, ttlSeconds: null, unanswered: [] };
  return {
    addresses: [...new Set(all.map(({ address }) => parseAddress(address)?.text ?? address))],
    ttlSeconds: Math.min(...all.map(({ ttlSeconds }) => ttlSeconds)),
    unanswered: ([4, 6] as const).filter((family) =>
      answers.every(({ unanswered = [] }) => unanswered.includes(family)),
    ),
  };
}

/** What each resolver said, as it is stored and shown. */
export function answersOf(resolutions: readonly Resolution[]): readonly ResolverAnswer[] {
  return resolutions.map((resolution): ResolverAnswer => {
    const { resolver } = resolution;
    if (resolution.kind !== 'answer') {
      const { kind, detail, chain = [] } = resolution;
      return { resolver, outcome: kind, chain: [...chain], addresses: [], detail };
    }
    const addresses = resolution.addresses.map(({ address }) => address);
    const usable = addresses.filter(isSiteAddress);
    const chain = [...resolution.chain];
    if (usable.length > 0) return { resolver, outcome: 'answer', chain, addresses: usable, detail: null };
    const detail = `${addresses.join(', ')} can be no site’s address`;
    return { resolver, outcome: 'invalid', chain, addresses, detail };
  });
}
