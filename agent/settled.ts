import type { DesiredView, OpenOperation } from '../store/ports.ts';
import { isSameGround, isWithin, spanOf } from './core/ground.ts';
import { isSame } from './core/same.ts';
import type { PartProgress } from './core/progress/terms.ts';
import type { FindNamed } from './core/sessions/identity.ts';
import { groundOf } from './look.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Settled } from './pass-memory.ts';
import { rivalsOf } from './publish-pages.ts';
import type { Look, Reports } from './record.ts';
import type { Sight } from './sight.ts';

/** What is kept of a pass that left nothing to do: nothing that grows with the router's subscribers. */
export function settledBy(
  look: Look,
  { status, plan: report }: Reports,
  watched: FindNamed | null,
  reconciled: PartProgress | null,
): Settled {
  const { view, ground, decision, at } = look;
  return {
    subscribers: view.subscribers,
    ground,
    span: spanOf(decision, at),
    plan: decision.plan,
    adoption: decision.adoption,
    rivals: look.rivals,
    nextChange: decision.live.nextChange,
    status,
    report,
    watched,
    reconciled,
  };
}

/** True where a pass that has seen this would find what the settled one found. Rejects with the store's errors. */
export async function isSettledStill(settled: Settled, sight: Sight, deps: PassDeps): Promise<boolean> {
  const { view } = sight;
  const isAnswerable = view.operations.every((one) => isReconcile(one) && settled.reconciled !== null);
  if (!isAnswerable || view.subscribers !== settled.subscribers) return false;
  const ground = await groundOf(sight, deps);
  return (
    isWithin(settled.span, ground.now) &&
    isSameGround(settled.ground, ground) &&
    isSame(settled.rivals, rivalsOf(ground.settings.mode, deps))
  );
}

/** An operation that only asks for a pass: nothing is decided for it. */
export function isReconcile({ kind }: Pick<OpenOperation, 'kind'>): boolean {
  return kind === 'reconcile';
}

/** What the open `reconcile` operations have come to where all was found as it was; `readAt` is when, as RFC 3339. */
export function reconciledAgain(
  { reconciled }: Settled,
  { operations }: Pick<DesiredView, 'operations'>,
  readAt: string,
): readonly PartProgress[] {
  if (reconciled === null) return [];
  return operations.map(({ id }) => ({ ...reconciled, id, evidence: { ...reconciled.evidence, readAt } }));
}
