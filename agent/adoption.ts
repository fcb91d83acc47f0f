import type { Adoption } from '../schemas/adoption.ts';
import type { RouterMode } from '../schemas/router.ts';
import type { AgentStore, DesiredView } from '../store/ports.ts';
import type { AdoptionDecision } from './core/adopt/adoption.ts';
import { takenRow, type AdoptionState } from './core/adopt/state.ts';
import { stepsOf, type Plan } from './core/plan/plan.ts';
import { isTrue } from './core/row.ts';
import type { Look } from './record.ts';
import { planStep } from './report.ts';

/** A view shows so many steps of each kind. */
const SHOWN_STEPS = 500;

/** What the store holds, as the core sees it. */
export function adoptionState({ adoption }: Pick<DesiredView, 'adoption'>): AdoptionState | null {
  if (adoption === null) return null;
  return { ...adoption, taken: adoption.taken.map(takenRow).filter((row) => row !== null) };
}

/** Before the first write of a step: what rows were is on disk, and that the step has begun. */
export async function recordBefore(
  router: string,
  { adoption, toRecord, begins }: AdoptionDecision,
  store: AgentStore,
): Promise<void> {
  if (toRecord.length > 0) await store.recordTaken(router, toRecord);
  if (adoption !== null && begins) await store.noteBegun(router, adoption.operation);
}

/**
 * A step of which a read found nothing left is over: what WispHub writes from then on is not touched any more. Gives a
 * look that says so; a hand-back is not over for somebody who was restored since the look.
 */
export async function settle(look: Look, router: string, store: AgentStore): Promise<Look> {
  const { view, decision } = look;
  const { adoption, isDone } = decision.adoption;
  if (adoption === null || adoption.isSettled || !isDone) return look;
  if (await store.settleAdoption(router, adoption.operation, view.seq)) return look;
  return { ...look, decision: { ...decision, adoption: { ...decision.adoption, isDone: false } } };
}

/** What a person is shown before a step, and after it. `ours` is the plan of ours alone. */
export function adoptionView(
  { router, mode, at }: { readonly router: string; readonly mode: RouterMode; readonly at: number },
  { adoption, rows, takeOver, handBack, findings, isDone, ours }: AdoptionDecision,
): Adoption {
  const parts = new Map<string, Adoption['parts'][number]>();
  for (const { part, menu, row } of rows) {
    const before = parts.get(`${part} ${menu}`) ?? { part, menu, rows: 0, disabled: 0 };
    const disabled = before.disabled + (isTrue(row.get('disabled')) ? 1 : 0);
    parts.set(`${part} ${menu}`, { ...before, rows: before.rows + 1, disabled });
  }
  return {
    router,
    at: new Date(at).toISOString(),
    step: adoption?.step ?? 'observe',
    isDone,
    mode,
    parts: [...parts.values()],
    findings: [...findings],
    manage: shown({ ...ours, stages: [...ours.stages, ...takeOver.stages] }),
    handBack: shown({ ...ours, stages: handBack.ahead }),
  };
}

function shown(plan: Plan): Adoption['manage'] {
  const steps = stepsOf(plan);
  const omitted = steps.length - SHOWN_STEPS;
  return { steps: steps.slice(0, SHOWN_STEPS).map(planStep), ...(omitted > 0 ? { omitted } : {}) };
}
