import type { Adoption, AdoptStep } from '../../schemas/adoption.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { pictureLines, adoptionLines } from '../show-adoption.ts';
import { atSiteDesk, routerOf, wrongInput } from '../site-desk.ts';
import { showOperation, type SiteWait } from '../site-operation.ts';
import { isAgreed } from '../ask.ts';

export interface AdoptOptions {
  readonly step?: 'claim' | 'manage' | undefined;
  readonly handBack: boolean;
  readonly yes: boolean;
}

/** Shows what of WispHub's is on a router and what each step would do; with a step, shows it, asks, and takes it. */
export async function adoptRouter(
  invocation: Invocation,
  router: string,
  { step: named, handBack, yes, ...options }: AdoptOptions & SiteWait,
): Promise<ExitCode> {
  const { io, messages } = invocation;
  const step: AdoptStep | undefined = handBack ? 'hand-back' : named;
  return atSiteDesk(invocation, async (desk) => {
    routerOf(desk, router, invocation);
    const view = await desk.store.routerAdoption(router);
    if (step === undefined) {
      if (options.json) sayJson(invocation, view);
      else for (const line of shown(invocation, router, view)) say(invocation, line);
      return view === null ? EXIT.failed : EXIT.ok;
    }
    const lines =
      view === null
        ? [messages.adopt.notLooked(router)]
        : [...pictureLines(invocation, view), ...adoptionLines(invocation, view, step)];
    // JSON goes to stdout alone.
    for (const line of lines) io[options.json ? 'stderr' : 'stdout'].write(`${line}\n`);
    if (!yes) {
      if (!io.isInputTerminal) throw wrongInput(messages.adopt.needsYes);
      if (!(await isAgreed(invocation.io, messages.adopt.ask(step)))) {
        say(invocation, messages.adopt.left);
        return EXIT.failed;
      }
    }
    const { operation } = await desk.accept({ kind: 'adopt', router, step });
    return showOperation(invocation, desk, operation, options);
  });
}

function shown(invocation: Invocation, router: string, view: Adoption | null): readonly string[] {
  const { adopt } = invocation.messages;
  if (view === null) return [adopt.notLooked(router)];
  // Nothing is there, and nothing was taken: no step would do anything.
  if (view.parts.length === 0 && view.step === 'observe') return pictureLines(invocation, view);
  const isManaged = view.step === 'manage';
  // Settled, and yet there is something to take: the router was set back, or WispHub wrote anew.
  const isUndone = isManaged && view.isDone && countOf(view.manage) > 0;
  const steps: readonly AdoptStep[] =
    isUndone || (isManaged && !view.isDone) ? ['manage'] : isManaged ? ['hand-back'] : ['claim', 'manage'];
  return [
    ...pictureLines(invocation, view),
    ...steps.flatMap((one) => adoptionLines(invocation, view, one)),
    isUndone ? adopt.undone(router) : adopt.next[view.step](router),
  ];
}

/** What of WispHub's a step would change, of what is stored. */
function countOf({ steps }: Adoption['manage']): number {
  return steps.filter(({ foreign }) => foreign !== undefined).length;
}
