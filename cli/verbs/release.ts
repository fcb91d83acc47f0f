import { heldUnderOf } from '../../schemas/held-under.ts';
import type { Operation } from '../../schemas/operation.ts';
import type { HeldOperation } from '../../schemas/router.ts';
import type { Intent, ShownVersion } from '../../store/ports.ts';
import { isAgreed } from '../ask.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { say, type Invocation } from '../invocation.ts';
import type { HeldEffect } from '../messages/held-messages.ts';
import { reasonText } from '../reasons.ts';
import { atSiteDesk, idOf, notFound, routerOf, wrongInput, type SiteDesk } from '../site-desk.ts';
import { causeLines, showOperation, type SiteWait } from '../site-operation.ts';
import { printable } from '../table.ts';

const EFFECTS: readonly HeldEffect[] = ['cut', 'restored', 'noticed'];
/** More routers than this are told as one sum. */
const EACH = 20;
/** So many of what was released are followed to where they stand then, each for so long. */
const FOLLOWED = 3;
const FOLLOWED_SECONDS = 10;

export interface ReleaseOptions extends SiteWait {
  /** None: on every router that holds it. */
  readonly routers: readonly string[];
  readonly yes: boolean;
}

interface HeldThere {
  readonly router: string;
  readonly held: HeldOperation;
}

/** Lets one operation through on the whole site, or on the routers named: says whom it hits first, and asks. */
export async function releaseEverywhere(
  invocation: Invocation,
  operation: string,
  { routers, ...options }: ReleaseOptions,
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    const name = idOf(operation, invocation);
    for (const router of routers) routerOf(desk, router, invocation);
    const about = await desk.store.readOperation(name);
    if (about === null && !isOrphans(name, desk)) throw notFound(`operation/${name}`, invocation);
    if (about?.reason === 'empty-snapshot') return releaseSnapshot(invocation, desk, name, routers, options);
    const there = (await desk.store.heldOn(name)).filter(
      ({ router }) => routers.length === 0 || routers.includes(router),
    );
    if (!tellOthers(invocation, name, there, about)) return EXIT.failed;
    const places = there.filter(isBraked);
    const on = routers.length === 0 ? null : routers;
    const intent = { kind: 'release-everywhere', operations: [name], routers: on, shown: versionsOf(places) } as const;
    return askAndRelease(invocation, desk, places, intent, options);
  });
}

/** Lets through all that the brake holds, on the whole site or on the routers named: shows the sum first, and asks. */
export async function releaseAll(invocation: Invocation, { routers, ...options }: ReleaseOptions): Promise<ExitCode> {
  const { held: texts } = invocation.messages;
  return atSiteDesk(invocation, async (desk) => {
    const on = routers.length === 0 ? desk.routers.map(({ id }) => id) : routers;
    for (const router of on) routerOf(desk, router, invocation);
    const places = (await Promise.all(on.map((router) => heldAt(desk, router)))).flat().filter(isBraked);
    const operations = [...new Set(places.flatMap(({ held: { operation } }) => operation ?? []))];
    if (operations.length === 0) {
      say(invocation, texts.nothingBraked);
      return EXIT.ok;
    }
    const intent = {
      kind: 'release-everywhere',
      operations,
      routers: [...new Set(on)],
      shown: versionsOf(places),
    } as const;
    return askAndRelease(invocation, desk, places, intent, options);
  });
}

/** Lets held operations through on one router, by name: says whom they hit first, and asks. */
export async function releaseOperations(
  invocation: Invocation,
  { router, operations }: { readonly router: string; readonly operations: readonly string[] },
  options: Omit<ReleaseOptions, 'routers'>,
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    routerOf(desk, router, invocation);
    const names = [...new Set(operations.map((name) => idOf(name, invocation)))];
    const all = await heldAt(desk, router);
    const places: HeldThere[] = [];
    for (const name of names) {
      const about = await desk.store.readOperation(name);
      // Rows of ours that belong to nobody are released by that name, which is no operation's.
      if (about === null && name !== `orphans-${router}`) throw notFound(`operation/${name}`, invocation);
      if (about?.reason === 'empty-snapshot') throw wrongInput(invocation.messages.held.wholeSite(name));
      const there = all.filter(({ held }) => held.operation === name);
      if (!tellOthers(invocation, name, there, about)) return EXIT.failed;
      places.push(...there.filter(isBraked));
    }
    const intent = { kind: 'release', router, operations: names, shown: versionsOf(places) } as const;
    return askAndRelease(invocation, desk, places, intent, options);
  });
}

/** The whole site's: no router alone can have it. */
async function releaseSnapshot(
  invocation: Invocation,
  desk: SiteDesk,
  name: string,
  routers: readonly string[],
  options: Omit<ReleaseOptions, 'routers'>,
): Promise<ExitCode> {
  const { held: texts } = invocation.messages;
  if (routers.length > 0) throw wrongInput(texts.wholeSite(name));
  const { subscribers, cutoffs } = await desk.store.counts();
  const intent = { kind: 'release-everywhere', operations: [name], routers: null } as const;
  return askAndRelease(invocation, desk, [], intent, options, [texts.emptySnapshot(subscribers, cutoffs)]);
}

async function askAndRelease(
  invocation: Invocation,
  desk: SiteDesk,
  places: readonly HeldThere[],
  intent: Extract<Intent, { readonly kind: 'release' | 'release-everywhere' }>,
  { yes, ...options }: Omit<ReleaseOptions, 'routers'>,
  lines = numbers(invocation, places),
): Promise<ExitCode> {
  const { io, messages } = invocation;
  // JSON goes to stdout alone.
  for (const line of lines) io[options.json ? 'stderr' : 'stdout'].write(`${printable(line)}\n`);
  if (!yes) {
    if (!io.isInputTerminal) throw wrongInput(messages.held.needsYes);
    if (!(await isAgreed(io, messages.held.ask))) {
      say(invocation, messages.held.left);
      return EXIT.failed;
    }
  }
  const { operation } = await desk.accept(intent);
  const code = await showOperation(invocation, desk, operation, options);
  const isHeldStill = await tellHeldStill(invocation, desk, intent.operations, places, options);
  return code === EXIT.ok && isHeldStill ? EXIT.tryAgain : code;
}

/**
 * The brake alone is let go by a release: on a router where something is wrong, what was released may be held for that.
 * Says so of the first of them; false where none is, or nobody waits.
 */
async function tellHeldStill(
  invocation: Invocation,
  desk: SiteDesk,
  operations: readonly string[],
  places: readonly HeldThere[],
  { wait, json, timeoutSeconds }: SiteWait,
): Promise<boolean> {
  const on = new Set(places.map(({ router }) => router));
  const isWrong = (await desk.store.routerStatuses()).some(
    ({ id, findings }) => on.has(id) && findings.some(({ severity }) => severity === 'error'),
  );
  if (!wait || !desk.isDoerRunning || !isWrong) return false;
  let isAny = false;
  for (const id of operations.slice(0, FOLLOWED)) {
    const released = await desk.store.readOperation(id);
    if (released === null) continue;
    const now = await follow(desk.store, released, Math.min(timeoutSeconds, FOLLOWED_SECONDS), () => undefined);
    if (now.state !== 'held') continue;
    isAny = true;
    if (json) continue;
    say(invocation, invocation.messages.site.progress(now.subject, invocation.messages.site.states.held));
    for (const line of await causeLines(invocation, desk.store, now)) say(invocation, line);
  }
  return isAny;
}

/** Says of what a release does not end who does; false where there is nothing else. */
function tellOthers(
  { io, messages }: Invocation,
  name: string,
  places: readonly HeldThere[],
  about: Operation | null,
): boolean {
  if (places.some(isBraked)) return true;
  const under = about?.reason === 'brake' ? heldUnderOf(about.history.at(-1)?.evidence) : [];
  const reasons = [...new Set(places.map(({ held }) => held.reason))];
  const told = reasons.flatMap((reason) => {
    const text = reasonText(reason, messages.language);
    return [messages.held.notBraked(name, reason), ...(text === null ? [] : [`  ${messages.site.todo(text.todo)}`])];
  });
  if (under.length > 0) told.push(messages.held.heldElsewhere(name, under));
  for (const line of told.length === 0 ? [messages.held.nothingHeld(name)] : told)
    io.stderr.write(`${printable(line)}\n`);
  return false;
}

/** Whom it hits, by router; many routers as one sum. */
function numbers({ messages: { held: texts } }: Invocation, places: readonly HeldThere[]): readonly string[] {
  const routers = [...new Set(places.map(({ router }) => router))];
  const groups = routers.length <= EACH ? routers : [null];
  return groups.flatMap((router) =>
    EFFECTS.flatMap((effect) => {
      const hit = places.filter(
        (place) => (router === null || place.router === router) && place.held[effect].count > 0,
      );
      const count = hit.reduce((sum, { held }) => sum + held[effect].count, 0);
      if (count === 0) return [];
      const line = texts.asked(effect, count, router ?? texts.onRouters(routers.length));
      const operations = new Set(hit.map(({ held }) => held.operation)).size;
      return [operations === 1 ? line : `${line} (${texts.inOperations(operations)})`];
    }),
  );
}

async function heldAt({ store }: SiteDesk, router: string): Promise<readonly HeldThere[]> {
  const plan = await store.routerPlan(router);
  return (plan?.heldOperations ?? []).map((held) => ({ router, held }));
}

/** What stands in the numbers that are shown: the release is to bind no others. */
function versionsOf(places: readonly HeldThere[]): readonly ShownVersion[] {
  return places.flatMap(({ router, held: { operation, shown } }) =>
    operation === null || shown === undefined ? [] : [{ router, operation, version: shown }],
  );
}

function isBraked({ held }: HeldThere): boolean {
  return held.way === 'release' && held.operation !== null;
}

function isOrphans(name: string, { routers }: SiteDesk): boolean {
  return routers.some(({ id }) => name === `orphans-${id}`);
}
