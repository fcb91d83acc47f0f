import type { RouterPlan } from '../../schemas/router.ts';
import type { Asked } from './asks.ts';
import type { Sight, Surroundings } from './sight.ts';

/** Whose cuts the brake holds, by router, as the last pass said. */
export class Braked {
  readonly #on = new Map<string, ReadonlySet<string>>();

  noted({ router, heldOperations = [] }: RouterPlan): void {
    const held = heldOperations.filter(({ reason }) => reason === 'brake');
    this.#on.set(router, new Set(held.flatMap(({ cut }) => cut.first)));
  }

  on(router: string): ReadonlySet<string> {
    return this.#on.get(router) ?? new Set();
  }
}

/** A site, with what its subscribers see. */
interface Site extends Pick<Surroundings, 'model' | 'wall' | 'lastAsked' | 'complain'> {
  /** When something was instructed of him by name last, by the wall. */
  lastNamed(subscriber: string): number;
  readonly routers: ReadonlyMap<string, Sight>;
  readonly braked: Braked;
}

/**
 * I6: a snapshot asks for everything. It is not verified while somebody whom it wants cut is open because the brake holds
 * his cut, whichever operation asked for it first. On the router that says so, or on all where none was asked.
 */
export function checkWhole(world: Site, { id, takenAt, seq }: Asked, router: string | null): void {
  if (takenAt === null) return;
  for (const watch of world.routers.values()) {
    if (router !== null && watch.id !== router) continue;
    for (const subscriber of world.braked.on(watch.id)) {
      const isMeant =
        world.model.wanted.get(subscriber)?.router === watch.id &&
        world.model.service(subscriber, world.wall()) === 'cut' &&
        world.lastAsked(subscriber) <= seq &&
        world.lastNamed(subscriber) <= takenAt;
      const open = isMeant ? watch.hostsOf(subscriber).find((host) => !watch.isCut(host)) : undefined;
      if (open !== undefined)
        world.complain('I6', `${id} is verified, and the brake holds the cut of ${subscriber}, who is open`);
    }
  }
}
