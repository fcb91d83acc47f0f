import type { SettingsInForce } from '../in-force.ts';
import type { Plan, Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { AdoptionState } from './state.ts';

/** Stages that keep the portal list, and what fills it. */
const OF_THE_PORTAL: ReadonlySet<Stage['name']> = new Set(['allow', 'clean', 'garden']);

/**
 * What of a plan may be written: all of it to a router that is managed, or on its way back; to one that is assisted
 * the portal list, another URL for pages of ours that stand there, and what opens those who were restored by name: a row of
 * ours never outlives that word, whatever became of the mode in which it was written (I1).
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
      return { ...plan, stages: assistedStages(plan, restored) };
    case 'manage':
      return plan;
  }
}

/** Pages are led anew once the portal they lead to is in the list, and before the one they led to leaves it (I4). */
function assistedStages(plan: Plan, restored: ReadonlySet<string>): readonly Stage[] {
  const ofPortal = plan.stages.filter(({ name }) => OF_THE_PORTAL.has(name));
  return [
    ...openingStages(plan, restored),
    ...ofPortal.filter(({ name }) => name === 'allow'),
    ...renewalStages(plan),
    ...ofPortal.filter(({ name }) => name !== 'allow'),
  ];
}

/** Of a plan of ours, what gives pages of ours another URL and changes nothing else of them. */
function renewalStages({ stages }: Pick<Plan, 'stages'>): readonly Stage[] {
  const sequences = stages
    .flatMap((stage) => stage.sequences)
    .map((sequence) => sequence.filter(isRenewal))
    .filter((sequence) => sequence.length > 0);
  return sequences.length === 0 ? [] : [{ name: 'notice', mode: 'window', sequences }];
}

function isRenewal(step: Step): boolean {
  if (step.kind !== 'set' || step.menu !== '/ip/proxy/access') return false;
  const isOnlyUrl = Object.keys(step.values).every((name) => name === 'action-data' || name === 'redirect-to');
  return isOnlyUrl && step.subscriber !== null && step.foreign === undefined;
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
