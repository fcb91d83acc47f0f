import { doubles } from '../../agent/test/worker/wild-router.ts';
import type { Ask } from './asks.ts';
import { checkOperations, checkRivals } from './rest-operations.ts';
import { releases } from './release.ts';
import { checkAdopted, hearStep } from './rest-adoption.ts';
import { checkPhones } from './rest-phones.ts';
import type { RouterWatch } from './router-watch.ts';
import { PERSONAL, type Host } from './sight.ts';
import type { World } from './world.ts';

const SECOND = 1000;
const MINUTE = 60_000;
/** Within this time of quiet every promise about the end must hold: back-off, a dead session, the portal's retry. */
const PATIENCE = 20 * MINUTE;
/**
 * The portal's addresses are asked for again when their record expires, and soon after a failure; a new domain is led to
 * after three good rounds, 20 s apart.
 */
const PORTAL_MS = 140 * SECOND;
/** A person may have to let several waiting operations through, one after the other. */
const RELEASES = 6;
const WINDOWS = 4;

/**
 * Mends everything, waits until nothing is left to do, and checks what must be true then. `end`: a person has also taken
 * away what others did to the routers and let through what waits, so nothing is left open by the promises.
 */
export async function rest(world: World, when: 'midway' | 'end'): Promise<void> {
  await heal(world);
  if (when === 'end') {
    const leftMs = world.model.lastTerm - world.wall();
    if (leftMs >= 0) await world.pace.run((leftMs + SECOND) / world.pace.scale);
    for (const watch of world.routers.values()) watch.tidy();
    for (let turn = 0; turn < RELEASES; turn += 1) {
      if (!(await isDone(world))) return;
      const asks = await releases(world, 'at rest');
      if (asks.length === 0) break;
      for (const ask of asks) await world.ask(ask);
    }
  }
  if (!(await isDone(world))) return;
  // A cut that was verified on one router and moved to another may be held there, and its operation, which is over, cannot
  // be released: it waits until the brake's window has passed.
  for (let window = 0; when === 'end' && window < WINDOWS && waits(world); window += 1) {
    world.jump((world.setup.brake.windowMinutes + 1) * MINUTE);
    if (!(await isDone(world))) return;
  }
  for (const watch of world.routers.values()) await checkRouter(world, watch, when);
  if (world.adopted !== null) await checkAdopted(world, world.adopted, when);
  if (when === 'end') {
    await checkRivals(world);
    await checkOperations(world);
    await checkTwice(world);
  }
  for (const watch of world.watches()) watch.acquitAll();
  for (const [id, { cut, router, addresses }] of world.model.wanted)
    if (cut !== null) world.watch(router).suspect(id, addresses);
}

/** Somebody who should be cut is not. */
function waits(world: World): boolean {
  const isOpen = ([id, { router }]: [string, { readonly router: string }]): boolean => {
    const watch = world.watch(router);
    // On a router that is only assisted nobody is cut.
    if (watch === world.adopted && !watch.isManaged) return false;
    return world.model.service(id, world.wall()) === 'cut' && watch.hostsOf(id).some((host) => !watch.isCut(host));
  };
  return world.setup.brake.floor < 1000 && [...world.model.wanted].some(isOpen);
}

async function heal(world: World): Promise<void> {
  world.isDnsLost = false;
  world.listener.free();
  for (const watch of world.watches()) {
    watch.lab.faults.clear();
    await watch.lab.plugIn();
    world.modems.redial(watch.id);
  }
  world.startAgent();
  // It tries again by itself, with longer and longer pauses.
  await world.pace.until(() => world.listener.isOpen, MINUTE);
  await world.pace.run(1000);
}

/**
 * Asks every router to be looked at, and waits until that and all other work is over. Real time does not wait for the
 * agent: where a term passed after it was asked, what that means is for another look.
 */
async function isDone(world: World): Promise<boolean> {
  for (;;) {
    const askedAt = await lookedAt(world);
    if (askedAt === null) return false;
    if (world.model.hasTerm(askedAt, world.wall())) continue;
    await hearStep(world);
    return true;
  }
}

/** When the look that is over now was asked for, by the box's wall clock; null when it did not come to an end. */
async function lookedAt(world: World): Promise<number | null> {
  const open = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const id of world.asked.keys()) {
      const operation = await world.store.readOperation(id);
      if (operation === null || ['received', 'applied'].includes(operation.state))
        found.push(`${id} ${operation?.state ?? 'gone'}`);
      // A look and a step of an adoption wait for no term of anybody’s: planned, they are under way.
      if (operation?.state === 'planned' && ['reconcile', 'adopt'].includes(operation.kind))
        found.push(`${id} planned`);
    }
    return found;
  };
  const asks = world.setup.routers.map(({ id }): Ask => ({
    kind: 'intent',
    intent: { kind: 'reconcile', router: id },
  }));
  await world.pace.run(PORTAL_MS);
  const askedAt = world.wall();
  const before = world.asked.size;
  for (const ask of asks) await world.ask(ask);
  const looks = [...world.asked.keys()].slice(before);
  const isLookedAt = async (): Promise<boolean> => {
    for (const id of looks) {
      const state = (await world.store.readOperation(id))?.state ?? 'received';
      if (['received', 'planned', 'applied'].includes(state)) return false;
    }
    return (await open()).length === 0;
  };
  if (await world.pace.until(isLookedAt, PATIENCE)) return askedAt;
  world.complain(
    'I7',
    `${PATIENCE / MINUTE} min after all was mended there is still work: ${(await open()).join(', ')}`,
  );
  return null;
}

async function checkRouter(world: World, watch: RouterWatch, when: 'midway' | 'end'): Promise<void> {
  const holds = await holdsOf(world, watch.id);
  const wall = world.wall();
  watch.checkForeign();
  await checkPhones(world, watch);
  if (!watch.isProxyShut) world.complain('open proxy', `${watch.id} at rest`);
  const twice = doubles(watch.lab);
  if (twice.length > 0) world.complain('I7', `${watch.id} holds twice: ${twice.join(', ')}`);
  if (when === 'end')
    for (const stray of watch.strays(world.setup.brake.floor < 1000))
      world.complain('I2', `${watch.id}: nobody who is meant is at ${stray}`);
  for (const host of watch.hosts()) {
    const wanted = world.model.service(host.subscriber, wall);
    const isCut = watch.isCut(host);
    const told = `${watch.id}: ${host.ip} of ${host.subscriber}`;
    // A restore that mere absence from a snapshot implies may wait for a person, and so may a cut.
    const mayWait = when === 'midway' && world.setup.brake.floor < 1000;
    if (wanted === 'open' && isCut && !mayWait && !watch.isForeignHeld(host))
      world.complain('I1', `${told} is cut at rest`);
    if (wanted === 'cut' && !isCut && !mayWait && !watch.isForeignHeld(host, true))
      world.complain('I7', `${told} is not cut at rest (${holds.get(host.subscriber) ?? 'nothing holds him'})`);
    if (
      isCut &&
      wanted === 'cut' &&
      !watch.isForeignHeld(host, true) &&
      watch.lacksPage(host) === null &&
      !watch.hasPage(host, (domain) => world.addressesOf(domain))
    )
      world.complain('I4', `${told} reaches no page at rest (${String(watch.pageOf(host))})`);
    if (isCut && wanted === 'cut' && !watch.isForeignHeld(host, true)) checkOwner(world, watch, host);
    if (when === 'end' && !isCut && wanted === 'open' && !host.isV6) checkNotice(world, watch, host, wall);
  }
}

/** Why the router's own plan says that somebody is not served as he is wanted: for whoever reads a complaint. */
async function holdsOf(world: World, router: string): Promise<ReadonlyMap<string, string>> {
  const plan = await world.store.routerPlan(router);
  return new Map(
    (plan?.held ?? []).map(({ subject, reason }) => [
      subject.replace('subscriber/', ''),
      `${reason} at ${plan?.at ?? ''}`,
    ]),
  );
}

/** I9: a page may hold what only its subscriber shall know. */
function checkOwner(world: World, watch: RouterWatch, host: Host): void {
  const owner = /\/(?:aviso\/[a-z-]+|propio)\/([^/?]+)/.exec(watch.pageOf(host) ?? '')?.[1] ?? host.subscriber;
  if (!host.isV6 && owner !== host.subscriber)
    world.complain('I9', `${watch.id}: ${host.ip} of ${host.subscriber} sees the page of ${owner}`);
}

function checkNotice(world: World, watch: RouterWatch, host: Host, wall: number): void {
  const wanted = world.model.notice4(host.subscriber, wall);
  checkOwner(world, watch, host);
  if (watch.lacksPage(host) === 'rival') return;
  const page = watch.pageOf(host);
  const seen = page === null ? null : (/\/aviso\/([a-z-]+)\//.exec(page)?.[1] ?? page);
  if (!world.model.isDoubtful(host.subscriber) && seen !== wanted)
    world.complain(
      'I7',
      `${watch.id}: ${host.ip} of ${host.subscriber} sees ${String(seen)}, wanted is ${String(wanted)}`,
    );
}

/** I5: to look again changes nothing. */
async function checkTwice(world: World): Promise<void> {
  for (const { lab } of world.watches()) lab.resetStats();
  if (!(await isDone(world))) return;
  for (const { id, lab } of world.watches())
    if (lab.stats.writesTotal > 0)
      world.complain('I5', `${id}: a further pass wrote ${JSON.stringify(lab.stats.writes)}`);
}

/** I8: what the brake let through, by the store and by what appeared on the routers. */
export async function checkBrake(world: World): Promise<void> {
  const { floor, siteCount, windowMinutes } = world.setup.brake;
  const windowMs = windowMinutes * MINUTE;
  const most = (moments: readonly number[]): number => {
    const sorted = [...moments].sort((a, b) => a - b);
    return Math.max(
      0,
      ...sorted.map((from, at) => sorted.slice(at).filter((moment) => moment < from + windowMs).length),
    );
  };
  const counted = (await world.agentView.admissionsSince(0)).filter(
    (one) => one.at > 0 && !world.operator.isReleased(one) && !world.announced.has(one.operation),
  );
  const all = most(counted.map(({ at }) => at));
  if (all > siteCount)
    world.complain('I8', `${all} changes were let through on the site in one window; ${siteCount} are allowed`);
  for (const { id, newCuts } of world.watches()) {
    const passed = most(counted.filter(({ router }) => router === id).map(({ at }) => at));
    if (passed > floor)
      world.complain('I8', `${id}: ${passed} changes were let through in one window; ${floor} are allowed`);
    // What was let through just before a router went away may appear beside what was let through after it came back.
    if (most(newCuts) > 2 * floor) world.complain('I8', `${id}: ${most(newCuts)} new cuts appeared in one window`);
  }
}

/** Rows of ours as one compares them: sets sorted, rules in their order within a chain, ids left out. */
export function ownRows(watch: RouterWatch, isLeftOut: (subscriber: string) => boolean): readonly string[] {
  const ordered: { readonly place: string; readonly line: string }[] = [];
  const unordered: string[] = [];
  for (const [menu, rows] of Object.entries(watch.lab.snapshot())) {
    for (const row of rows) {
      if (row['comment']?.startsWith('wisp-edge:') !== true || row['dynamic'] === 'true') continue;
      const [, kind = '', key = ''] = row['comment'].split(':');
      // How long an address of before is kept depends on when it was last seen.
      if (['portal', 'garden', 'always'].includes(kind)) continue;
      const told = Object.entries(row).filter(
        ([name]) => !['.id', 'creation-time', 'invalid', 'inactive'].includes(name),
      );
      const line = `${menu} ${JSON.stringify(told.sort())}`;
      if (!PERSONAL.has(kind)) ordered.push({ place: `${menu} ${row['chain'] ?? ''}`, line });
      else if (!isLeftOut(key)) unordered.push(line);
    }
  }
  const fixed = ordered.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return [...fixed.map(({ line }) => line), ...unordered.sort()];
}
