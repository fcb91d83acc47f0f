import { isSameGround, isWithin, spanOf, type Ground } from './core/ground.ts';
import type { FindNamed } from './core/sessions/identity.ts';
import type { Settled } from './pass-memory.ts';
import type { Look, Reports } from './record.ts';
import type { Sight } from './sight.ts';

/** What is kept of a pass that left nothing to do: nothing that grows with the router's subscribers. */
export function settledBy(look: Look, { status, plan: report }: Reports, watched: FindNamed | null): Settled {
  const { view, ground, decision, at } = look;
  return {
    subscribers: view.subscribers,
    ground,
    span: spanOf(decision, at),
    plan: decision.plan,
    adoption: decision.adoption,
    nextChange: decision.live.nextChange,
    status,
    report,
    watched,
  };
}

/** True where a pass with this view, on this ground, would find what the settled one found. */
export function isSettledStill(settled: Settled, { view }: Pick<Sight, 'view'>, ground: Ground): boolean {
  return (
    view.operations.length === 0 &&
    view.subscribers === settled.subscribers &&
    isWithin(settled.span, ground.now) &&
    isSameGround(settled.ground, ground)
  );
}
