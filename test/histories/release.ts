import type { Ask } from './asks.ts';
import type { World } from './world.ts';

/** Releases of all that the brake holds now, router by router: a person has looked at it. */
export async function releases(world: World): Promise<readonly Ask[]> {
  const held: string[] = [];
  for (const id of world.asked.keys()) {
    const operation = await world.store.readOperation(id);
    if (operation?.state === 'held' && operation.reason === 'brake') held.push(id);
  }
  if (held.length === 0) return [];
  for (const id of held) world.released.add(id);
  return world.setup.routers.map(({ id }) => ({
    kind: 'intent',
    intent: { kind: 'release', router: id, operations: held },
  }));
}
