import type { SettingsInForce } from '../in-force.ts';
import type { Plan, Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { AdoptionState } from './state.ts';

/** Stages that keep the portal list, and what fills it. */
const OF_THE_PORTAL: ReadonlySet<Stage['name']> = new Set(['allow', 'clean', 'garden']);

/**
 * What of a plan may be written: all of it to a router that is managed, or on its way back; the portal list alone to one
 * that is assisted, and what opens those who were restored by name: a row of ours never outlives that word, whatever became
 * of the mode in which it was written (I1).
 */
export function allowedOf(
  plan: Plan,
  { mode }: Pick<SettingsInForce, 'mode'>,
  { adoption, isDone }: { readonly adoption: AdoptionState | null; readonly isDone: boolean },
  restored: ReadonlySet<string>,
): Plan {
  if (adoption?.step === 'hand-back' && !adoption.isSettled && !isDone) return plan;
  switch (mode) {
    case 'observe':
      return { ...plan, stages: [] };
    case 'assist':
      return {
        ...plan,
        stages: [...openingStages(plan, restored), ...plan.stages.filter(({ name }) => OF_THE_PORTAL.has(name))],
      };
    case 'manage':
      return plan;
  }
}

/** Of a plan of ours, the removal of rows that cut these subscribers, and of their connections: nothing new is put up. */
export function openingStages({ stages }: Pick<Plan, 'stages'>, subscribers: ReadonlySet<string>): readonly Stage[] {
  // Where the restore lane was in between, the page's row is all that is left, and no longer among the restores.
  const sequences = stages
    .flatMap((stage) => stage.sequences)
    .map((sequence) => sequence.filter((step) => isOpening(step) && subscribers.has(step.subscriber ?? '')))
    .filter((sequence) => sequence.length > 0);
  return sequences.length === 0 ? [] : [{ name: 'restore', mode: 'window', sequences }];
}

function isOpening({ kind, key, foreign }: Step): boolean {
  return (kind === 'remove' || kind === 'drop-connections') && key.kind === 'cutoff' && foreign === undefined;
}
