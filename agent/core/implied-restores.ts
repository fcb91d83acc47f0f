import type { Brake } from '../../schemas/config/agent.ts';
import type { BrakeLimit } from '../../schemas/held-operation.ts';
import { isReleased, routerLimit, type BrakeOperation } from './brake.ts';
import type { Wish } from './desired/live.ts';

/** Cut-offs that one snapshot left out although it names their subscribers, and that wait for a person. */
export interface ForgottenCuts {
  readonly operation: string;
  readonly subscribers: readonly string[];
  readonly detail: string;
  readonly limit: BrakeLimit;
}

/**
 * A platform that syncs by snapshots restores who paid by leaving his `cutoff` out, and he is back at once (I1): such
 * restores take nothing from what the brake's window allows. But a snapshot that leaves out more than the brake would let
 * pass, and most of all that are cut on the router, has more likely lost the field than been paid by everybody (I8).
 * `cut` are the subscribers with cut-off rows of ours on the router. A restore by name is never among these, nor one whose
 * snapshot is done with: what stands of it again is repaired as any row is that should be gone.
 */
export function forgottenCuts(
  wishes: readonly Wish[],
  cut: ReadonlySet<string>,
  operations: ReadonlyMap<string, BrakeOperation>,
  limits: Brake,
): readonly ForgottenCuts[] {
  const groups = new Map<string, string[]>();
  for (const { id, cutoff, impliedRestore } of wishes) {
    if (cutoff !== null || impliedRestore === undefined || !cut.has(id)) continue;
    const { operation } = impliedRestore;
    const open = operations.get(operation);
    if (open === undefined || isReleased(open.released, id)) continue;
    const group = groups.get(operation);
    if (group === undefined) groups.set(operation, [id]);
    else group.push(id);
  }
  const allowed = Math.floor(routerLimit(limits, wishes.length));
  return [...groups].flatMap(([operation, subscribers]): readonly ForgottenCuts[] => {
    const asked = subscribers.length;
    if (asked <= allowed || asked * 2 <= cut.size) return [];
    const detail = `one snapshot names these subscribers and leaves ${asked} of ${cut.size} cut-offs out; ${allowed} are allowed`;
    const limit = { scope: 'router', asked, before: 0, allowed, windowMinutes: limits.windowMinutes } as const;
    return [{ operation, subscribers, detail, limit }];
  });
}
