import type { ResolverAnswer } from '../../schemas/portal-round.ts';
import { isStray, type ChainRules } from './portal-chain.ts';

/** Addresses that stray answers gave are remembered up to so many. */
const MOST_STRAYS = 64;

/** The answers about a host of the portal that may be believed, and what the others gave. */
export interface Sifted {
  /** Resolvers whose answer leads where it may not. */
  readonly straying: ReadonlySet<string>;
  /** Addresses that were given by stray answers only, now or while the doubt has lasted. */
  readonly doubtful: readonly string[];
}

/**
 * Parts answers that lead elsewhere, by an alias outside the targets or through a host of the staff: what they give is
 * let through for nobody. `rules` are all under which the host is used: it may stand between two sets of targets.
 */
export function siftStrays(
  seen: readonly ResolverAnswer[],
  rules: readonly ChainRules[],
  before: readonly string[],
): Sifted {
  const strays = seen.filter((one) => one.outcome === 'answer' && rules.every((some) => isStray(one, some)));
  const straying = new Set(strays.map(({ resolver }) => resolver));
  const believed = new Set(
    seen.filter(({ resolver }) => !straying.has(resolver)).flatMap(({ addresses }) => addresses),
  );
  const given = new Set([...strays.flatMap(({ addresses }) => addresses), ...before]);
  return { straying, doubtful: [...given].filter((address) => !believed.has(address)).slice(0, MOST_STRAYS) };
}
