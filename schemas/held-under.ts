import type { Evidence } from './operation.ts';

/**
 * The operations under which the brake holds cuts that another one waits for, by that one's evidence: `heldUnder`, of one
 * router or of all. To release them is what moves it on. Empty where its own name says what to release.
 */
export function heldUnderOf(evidence: Evidence | undefined): readonly string[] {
  const routers = evidence?.['routers'];
  // Evidence of several routers that was written before it said so of all of them together.
  const isApart = evidence?.['heldUnder'] === undefined && isEvidence(routers);
  const parts = isApart ? Object.values(routers) : [evidence];
  const names = parts.flatMap((part): readonly unknown[] => {
    const under = isEvidence(part) ? part['heldUnder'] : undefined;
    return Array.isArray(under) ? under : [];
  });
  return [...new Set(names.filter((name) => typeof name === 'string'))].sort();
}

function isEvidence(value: unknown): value is Evidence {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
