import { stepsOf } from './core/plan/plan.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Look } from './record.ts';

/** So many are named in the event; the finding counts them all. */
const NAMED_IN_EVENT = 20;

/** Tells, once, whose own page had a login link that died; after a restart, of those whose row still leads there. */
export async function tellExpiredLinks({ decision, at }: Look, deps: PassDeps): Promise<void> {
  const before = deps.memory.expiredLinks;
  deps.memory.expiredLinks = decision.live.expiredLinks;
  const expired = [...decision.live.expiredLinks];
  if (expired.length === 0) return;
  const written = new Set(
    stepsOf(decision.plan).flatMap(({ menu, subscriber }) => (menu === '/ip/proxy/access' ? (subscriber ?? []) : [])),
  );
  const told = expired.filter((id) => (before === null ? written.has(id) : !before.has(id)));
  const { router } = deps.settings;
  if (told.length === 0) return;
  const data = { count: told.length, subscribers: told.slice(0, NAMED_IN_EVENT) };
  await deps.store.appendEvent({ at, type: 'notices.links-expired', subject: `router/${router}`, router, data });
}
