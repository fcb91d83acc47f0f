import type { Operation } from '../../schemas/operation.ts';
import type { AdoptionWatch } from './adoption-watch.ts';
import type { World } from './world.ts';

/**
 * What must be true of a router that WispHub set up when all is quiet: a step that was asked for is over, or waits for a
 * person; while it is managed everybody has what is wanted, while it is not, nobody lost anything by us.
 */
export async function checkAdopted(world: World, watch: AdoptionWatch, when: 'midway' | 'end'): Promise<void> {
  watch.glance('at rest');
  const mayWait = when === 'midway' && world.setup.brake.floor < 1000;
  await checkStep(world, watch, mayWait);
  if (!watch.isManaged) return;
  const wall = world.wall();
  for (const host of watch.hosts()) {
    const wanted = world.model.service(host.subscriber, wall);
    const isCut = watch.isCut(host);
    const told = `${watch.id}, which is managed: ${host.ip} of ${host.subscriber}`;
    if (wanted === 'open' && isCut && !mayWait) world.complain('I1', `${told} is cut at rest`);
    if (wanted === 'cut' && !isCut && !mayWait) world.complain('I7', `${told} is not cut at rest`);
    const isPageOwed = wanted === 'cut' && isCut && watch.lacksPage(host) === null;
    if (isPageOwed && !watch.hasPage(host, (domain) => world.addressesOf(domain)))
      world.complain('I4', `${told} reaches no page at rest (${String(watch.pageOf(host))})`);
  }
}

/**
 * Hears of a step what was not told: an agent may be killed after the store has its word and before we have, and over real
 * sockets a step may be over before what was asked is on record here.
 */
export async function hearStep({ adopted, asked, store }: World): Promise<void> {
  const step = adopted?.openStep ?? null;
  if (adopted === null || step === null) return;
  const known = asked.get(step);
  if (known !== undefined && (await store.readOperation(step))?.state === 'verified') adopted.verified(known);
}

async function checkStep(world: World, watch: AdoptionWatch, mayWait: boolean): Promise<void> {
  if (watch.openStep === null) return;
  const operation = await world.store.readOperation(watch.openStep);
  if (mayWait && operation?.state === 'held' && operation.reason === 'brake') return;
  world.complain(
    'I7',
    `${watch.id}: the step ${operation?.id ?? ''} is not over, but ${operation?.state ?? 'gone'} ${operation?.reason ?? ''}`,
  );
}

/** How this operation ended is for this router's step to say: it is only assisted, or a step was out of its order. */
export function isOfAdoption(world: World, { id, kind, subject, state, reason }: Operation): boolean {
  const { adopted } = world;
  if (adopted === null) return false;
  if (kind === 'adopt') return state === 'failed' && reason === 'router-not-claimed' && adopted.isUntaken(id);
  if (adopted.isManaged) return false;
  const isHis = world.model.wanted.get(subject.replace('subscriber/', ''))?.router === adopted.id;
  return state === 'held' && (isHis || kind === 'desired-state' || subject === `router/${adopted.id}`);
}
