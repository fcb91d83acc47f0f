import type { RouterStatus } from '../schemas/router.ts';
import type { ControlStore } from '../store/ports.ts';
import { unseenRouter } from './core/degraded.ts';
import type { Settings } from './settings.ts';

/** The routers of the configuration, each as the agent last wrote of it; without an agent section, those of the store. */
export async function knownRouters(
  store: ControlStore,
  settings: Pick<Settings, 'routers'>,
): Promise<readonly RouterStatus[]> {
  const statuses = await store.routerStatuses();
  if (settings.routers === null) return statuses;
  const seen = new Map(statuses.map((status) => [status.id, status]));
  return settings.routers.map(({ id, mode }) => seen.get(id) ?? unseenRouter(id, mode));
}
