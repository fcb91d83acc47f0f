import { heldUnderOf } from '../../schemas/held-under.ts';
import type { Evidence } from '../../schemas/operation.ts';
import { canonicalJson } from './documents.ts';

/** So many names all routers share out among themselves; but each names a few. */
const NAMED = 100;
const NAMED_AT_LEAST = 3;
/** So many of the operations under which the brake holds cuts are named, as in the evidence of one router. */
const NAMED_OPERATIONS = 20;
/** Longer evidence of a state that is past is cut short. */
const PAST_LENGTH = 1_000;

/**
 * The evidence of an operation that has parts on several routers: each router's own, with its lists cut short, for it is
 * kept with the operation and read with it, and two hundred routers name a hundred subscribers each. What is held is told
 * for all of them together: how many by reason, and under which operations the brake holds them. Null where none tells any.
 */
export function evidenceOfMany(routers: ReadonlyMap<string, Evidence>): Evidence | null {
  if (routers.size === 0) return null;
  const share = Math.max(NAMED_AT_LEAST, Math.floor(NAMED / routers.size));
  const withheld = new Map<string, number>();
  for (const evidence of routers.values())
    for (const [reason, count] of Object.entries(evidence['withheld'] ?? {}))
      if (typeof count === 'number') withheld.set(reason, (withheld.get(reason) ?? 0) + count);
  const heldUnder = underOf(routers.values());
  return {
    ...(withheld.size === 0 ? {} : { withheld: Object.fromEntries(withheld) }),
    ...(heldUnder.length === 0 ? {} : { heldUnder }),
    routers: Object.fromEntries([...routers].map(([router, evidence]) => [router, shortened(evidence, share)])),
  };
}

/** The first operations, by name, under which the brake holds what these wait for. */
export function underOf(evidence: Iterable<Evidence>): readonly string[] {
  return [...new Set([...evidence].flatMap(heldUnderOf))].sort().slice(0, NAMED_OPERATIONS);
}

/** Evidence of a state that is past: what is long of it is told by number. What is so now is told by the newest alone. */
export function pastEvidence(evidence: Evidence): Evidence {
  if (canonicalJson(evidence).length <= PAST_LENGTH) return evidence;
  return shortened({ ...evidence, routers: undefined }, NAMED_AT_LEAST);
}

function shortened(evidence: Evidence, share: number): Evidence {
  return Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [name, Array.isArray(value) ? value.slice(0, share) : value]),
  );
}
