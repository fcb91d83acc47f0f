import type { HeldOperation } from '../../schemas/router.ts';
import { isAgreed } from '../ask.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, type Invocation } from '../invocation.ts';
import type { HeldEffect } from '../messages/held-messages.ts';
import { atSiteDesk, idOf, notFound, routerOf, wrongInput, type SiteDesk } from '../site-desk.ts';
import { showOperation, type SiteWait } from '../site-operation.ts';
import { printable } from '../table.ts';

const EFFECTS: readonly HeldEffect[] = ['cut', 'restored', 'noticed'];
/** More routers than this are told as one sum. */
const EACH = 20;

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
  { routers, yes, ...options }: ReleaseOptions,
): Promise<ExitCode> {
  const { io, messages } = invocation;
  return atSiteDesk(invocation, async (desk) => {
    const name = idOf(operation, invocation);
    for (const router of routers) routerOf(desk, router, invocation);
    if ((await desk.store.readOperation(name)) === null) throw notFound(`operation/${name}`, invocation);
    const places = (await desk.store.heldOn(name)).filter(
      ({ router }) => routers.length === 0 || routers.includes(router),
    );
    // JSON goes to stdout alone.
    const out = io[options.json ? 'stderr' : 'stdout'];
    for (const line of await numbers(invocation, desk, name, places)) out.write(`${printable(line)}\n`);
    if (!yes) {
      if (!io.isInputTerminal) throw wrongInput(messages.held.needsYes);
      if (!(await isAgreed(io, messages.held.ask))) {
        say(invocation, messages.held.left);
        return EXIT.failed;
      }
    }
    const { operation: released } = await desk.accept({
      kind: 'release-everywhere',
      operations: [name],
      routers: routers.length === 0 ? null : routers,
    });
    return showOperation(invocation, desk, released, options);
  });
}

/** Whom it hits, by router; many routers as one sum. */
async function numbers(
  { messages: { held: texts } }: Invocation,
  { store }: SiteDesk,
  operation: string,
  places: readonly HeldThere[],
): Promise<readonly string[]> {
  const about = await store.readOperation(operation);
  if (about?.reason === 'empty-snapshot') {
    const { subscribers, cutoffs } = await store.counts();
    return [texts.emptySnapshot(subscribers, cutoffs)];
  }
  if (places.length === 0) return [texts.nothingHeld(operation)];
  if (places.length <= EACH)
    return places.flatMap(({ router, held }) =>
      EFFECTS.filter((effect) => held[effect].count > 0).map((effect) =>
        texts.asked(effect, held[effect].count, router),
      ),
    );
  return EFFECTS.flatMap((effect) => {
    const count = places.reduce((sum, { held }) => sum + held[effect].count, 0);
    return count === 0 ? [] : [texts.asked(effect, count, texts.onRouters(places.length))];
  });
}
