import type { Operation } from '../../schemas/operation.ts';
import { isOfAdoption } from './rest-adoption.ts';
import { RELOAD } from './listener-place.ts';
import type { World } from './world.ts';

/** It waits for a page that another router's subscriber keeps from being shown: a person must part their addresses. */
function isRivalled({ model, routers }: World, { kind, subject, reason }: Operation): boolean {
  if (reason !== 'router-degraded') return false;
  const about = kind === 'desired-state' ? [...model.wanted.keys()] : [subject.replace('subscriber/', '')];
  return [...routers.values()].some((watch) =>
    about.flatMap((id) => watch.hostsOf(id)).some((host) => watch.lacksPage(host) === 'rival'),
  );
}

/** Whose page another router takes is told of on his router. */
export async function checkRivals(world: World): Promise<void> {
  const statuses = new Map((await world.store.routerStatuses()).map((status) => [status.id, status]));
  for (const watch of world.routers.values()) {
    const told = (statuses.get(watch.id)?.findings ?? []).filter(({ code }) => code === 'page-address-shared');
    for (const host of watch.hosts()) {
      const isWithheld =
        world.model.service(host.subscriber, world.wall()) === 'cut' &&
        watch.lacksPage(host) === 'rival' &&
        watch.pageOf(host) === RELOAD;
      if (isWithheld && told.length === 0)
        world.complain('I6', `${watch.id}: the page of ${host.subscriber} is withheld, and no finding says so`);
    }
  }
}

/** What was acknowledged has come to an end, or waits for what it may wait for (I10). */
export async function checkOperations(world: World): Promise<void> {
  for (const id of world.asked.keys()) {
    const operation = await world.store.readOperation(id);
    if (operation === null) world.complain('I10', `${id} is gone`);
    else if (isOfAdoption(world, operation)) continue;
    else if (
      operation.state === 'held' &&
      ['brake', 'foreign-row', 'portal-unknown', 'router-degraded'].includes(operation.reason ?? '') &&
      !isRivalled(world, operation)
    )
      world.complain(
        'I7',
        `${id} (${operation.kind} of ${operation.subject}) is still held: ${operation.reason ?? ''}`,
      );
    else if (operation.state === 'planned' && operation.kind === 'desired-state')
      world.complain('I7', `${id} (${operation.kind}) is still planned, and nothing is to come`);
    else if (operation.state === 'held' && operation.kind === 'desired-state' && !isAnyWithheld(world, operation))
      world.complain('I7', `${id} (${operation.kind}) is held: ${operation.reason ?? ''}, and nobody is`);
    else if (operation.state === 'held' && isUnfounded(world, operation))
      world.complain(
        'I7',
        `${id} (cut-off of ${operation.subject}) is held: ${operation.reason ?? ''}, and he is there`,
      );
    else if (operation.state === 'failed' && operation.reason !== 'expired')
      world.complain('I7', `${id} (${operation.kind} of ${operation.subject}) failed: ${operation.reason ?? ''}`);
  }
}

/** A cut waits for a subscriber who is where he is to be cut. */
function isUnfounded({ model }: World, { kind, subject, reason }: Operation): boolean {
  const { own, isTaken } = model.places(subject.replace('subscriber/', ''));
  return kind === 'cutoff' && ['not-online', 'address-in-use'].includes(reason ?? '') && own.length > 0 && !isTaken;
}

/** Somebody is wanted cut, or shown a notice, for whom the reason of a held snapshot or delta still holds. */
function isAnyWithheld({ model }: World, { reason }: Operation): boolean {
  return [...model.wanted].some(([id, { cut, notices, mayCut, addresses }]) => {
    if (cut === null && notices.size === 0) return false;
    const { own, isTaken } = model.places(id);
    switch (reason) {
      case 'not-online':
        return own.length === 0;
      case 'address-in-use':
        return isTaken;
      case 'duplicate-address':
        return model.isDoubtful(id);
      case 'auto-cut-off':
        return !mayCut;
      case 'no-ipv4':
        return own.every((address) => address.includes(':')) || addresses.every((address) => address.includes(':'));
      default:
        return true;
    }
  });
}
