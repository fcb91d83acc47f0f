import type { Ask } from './asks.ts';
import type { World } from './world.ts';

/** Releases of all that the brake holds now, router by router, by a person who has looked at it, now or a while ago. */
export async function releases(world: World, when: 'acting' | 'at rest'): Promise<readonly Ask[]> {
  const held: string[] = [];
  for (const id of world.asked.keys()) {
    const operation = await world.store.readOperation(id);
    if (operation?.state === 'held' && operation.reason === 'brake') held.push(id);
  }
  if (held.length === 0) return [];
  const shown = await world.operator.versions(when);
  return world.setup.routers.map(({ id }) => ({
    kind: 'intent',
    intent: {
      ...{ kind: 'release', router: id, operations: held },
      ...(shown === null ? {} : { shown: shown.filter(({ router }) => router === id) }),
    },
  }));
}
