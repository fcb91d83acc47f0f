import { isSameGround, isWithin, spanOf } from './core/ground.ts';
import { isSame } from './core/same.ts';
import type { FindNamed } from './core/sessions/identity.ts';
import { groundOf } from './look.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Settled } from './pass-memory.ts';
import { rivalsOf } from './publish-pages.ts';
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
    rivals: look.rivals,
    nextChange: decision.live.nextChange,
    status,
    report,
    watched,
  };
}

/** True where a pass that has seen this would find what the settled one found. Rejects with the store's errors. */
export async function isSettledStill(settled: Settled, sight: Sight, deps: PassDeps): Promise<boolean> {
  const { view } = sight;
  if (view.operations.length > 0 || view.subscribers !== settled.subscribers) return false;
  const ground = await groundOf(sight, deps);
  return (
    isWithin(settled.span, ground.now) &&
    isSameGround(settled.ground, ground) &&
    isSame(settled.rivals, rivalsOf(ground.settings.mode, deps))
  );
}
