import type { PendingWork, RouterStatus } from '../schemas/router.ts';
import type { ControlStore } from '../store/ports.ts';
import { unseenRouter } from './core/degraded.ts';
import type { Settings } from './settings.ts';

const NOTHING_PENDING: PendingWork = { count: 0, oldestAt: null, oldestRestoreAt: null };

/** The routers of the configuration, each as the agent last wrote of it; without an agent section, those of the store. */
export async function knownRouters(
  store: ControlStore,
  settings: Pick<Settings, 'routers'>,
): Promise<readonly RouterStatus[]> {
  const [reported, pending] = await Promise.all([store.routerStatuses(), store.pendingWork()]);
  const withPending = (status: RouterStatus): RouterStatus => ({
    ...status,
    pending: pending.get(status.id) ?? NOTHING_PENDING,
  });
  const statuses = reported.map(withPending);
  if (settings.routers === null) return statuses;
  const seen = new Map(statuses.map((status) => [status.id, status]));
  return settings.routers.map(({ id, mode }) => seen.get(id) ?? withPending(unseenRouter(id, mode)));
}
