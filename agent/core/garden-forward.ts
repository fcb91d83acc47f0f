import type { Finding } from '../../schemas/finding.ts';
import type { DecisionInput } from './decision.ts';
import type { DesiredRow } from './desired/rows.ts';
import { finding } from './findings/table.ts';
import { rowsOf } from './observed.ts';
import { diffForwards, type ForwardDiff } from './plan/diff-forwards.ts';
import type { RouterSettings } from './settings.ts';
import { forwardNames } from './walled-garden.ts';

/** Names that rows of the router's own DNS are to follow: those of the walled garden, where that is wanted. */
export function wantedForwards({
  portal,
  settings,
}: Pick<DecisionInput, 'portal'> & { readonly settings: Pick<RouterSettings, 'gardenForward'> }): readonly string[] {
  if (settings.gardenForward === undefined) return [];
  return forwardNames(portal?.walledGarden ?? [], settings.gardenForward.bundles);
}

/** Of those what this router can have: none where its DNS fills no list, and none while it refuses such rows. */
export function forwardsOf(input: DecisionInput): readonly string[] {
  const { observed, forwardRefusal = null } = input;
  return observed.hasDnsLists === true && forwardRefusal === null ? wantedForwards(input) : [];
}

/** What is to be written for them, and what a person should know. */
export function planForwards(
  input: DecisionInput,
  desired: readonly DesiredRow[],
): ForwardDiff & { readonly findings: readonly Finding[] } {
  const { observed, settings, forwardRefusal = null } = input;
  const rows = rowsOf(observed, '/ip/dns/static');
  const diff = diffForwards(rows, desired);
  if (wantedForwards(input).length === 0) return { ...diff, findings: [] };
  const { version } = observed;
  if (observed.hasDnsLists !== true)
    return { ...diff, findings: [finding('garden-forward-unavailable', { version, router: settings.router })] };
  // What stands of ours stays: the router took it once.
  if (forwardRefusal !== null)
    return { steps: [], taken: [], findings: [finding('garden-forward-refused', { why: forwardRefusal })] };
  const findings = diff.taken.map(({ desired: { values }, row }) =>
    finding('garden-forward-taken', {
      name: values['name'] ?? '',
      id: row.get('.id') ?? '',
      type: row.get('type') ?? 'A',
      list: settings.lists.portal,
    }),
  );
  return { ...diff, findings };
}
