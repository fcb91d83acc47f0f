import type { PendingWork, RouterDrift, RouterStatus } from '../schemas/router.ts';
import type { ControlStore, DriftCount } from '../store/ports.ts';
import { unseenRouter } from './core/degraded.ts';
import type { Settings } from './settings.ts';

const NOTHING_PENDING: PendingWork = { count: 0, oldestAt: null, oldestRestoreAt: null };
const NO_DRIFT: RouterDrift = { found: 0, repaired: 0 };

/**
 * The routers of the configuration, each as the agent last wrote of it, with what the store counts of it; without an agent
 * section, those of the store.
 */
export async function knownRouters(
  store: ControlStore,
  settings: Pick<Settings, 'routers'>,
): Promise<readonly RouterStatus[]> {
  const [reported, pending, counted] = await Promise.all([
    store.routerStatuses(),
    store.pendingWork(),
    store.driftCounts(),
  ]);
  const drift = driftByRouter(counted);
  const withCounts = (status: RouterStatus): RouterStatus => ({
    ...status,
    pending: pending.get(status.id) ?? NOTHING_PENDING,
    drift: drift.get(status.id) ?? NO_DRIFT,
  });
  const statuses = reported.map(withCounts);
  if (settings.routers === null) return statuses;
  const seen = new Map(statuses.map((status) => [status.id, status]));
  return settings.routers.map(({ id, mode }) => seen.get(id) ?? withCounts(unseenRouter(id, mode)));
}

/** Over all kinds of rows. */
function driftByRouter(
  counted: readonly (DriftCount & { readonly router: string })[],
): ReadonlyMap<string, RouterDrift> {
  const sums = new Map<string, RouterDrift>();
  for (const { router, found, repaired } of counted) {
    const sum = sums.get(router) ?? NO_DRIFT;
    sums.set(router, { found: sum.found + found, repaired: sum.repaired + repaired });
  }
  return sums;
}
