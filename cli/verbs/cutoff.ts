import { checkCutoff } from '../../control/core/check-instructions.ts';
import { formatInstant, parseInstant } from '../../control/core/instant.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { Cutoff } from '../../schemas/subscriber.ts';
import type { SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, screenWidth, type Invocation } from '../invocation.ts';
import { atSiteDesk, checked, given, idOf, refuse, wrongInput } from '../site-desk.ts';
import { laterThanNow, showOperation, type SiteWait } from '../site-operation.ts';
import { table } from '../table.ts';
import { timeOf } from '../times.ts';
import { everySubscriber, heldReason, isCut } from './subscribers.ts';

export interface CutoffOptions extends SiteWait {
  readonly reason?: string;
  readonly url?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

const check = validatorOf(Cutoff);
const OPTION_NAMES = { reason: '--reason', url: '--url', notBefore: '--not-before', notAfter: '--not-after' };

/** Cuts a subscriber off and shows it until it is verified or held; without an id shows who is cut, and who is held. */
export async function cutOff(
  invocation: Invocation,
  spelled: string | undefined,
  { reason, url, notBefore, notAfter, ...options }: CutoffOptions,
): Promise<ExitCode> {
  const { messages } = invocation;
  if (spelled === undefined) return showCut(invocation, options.json);
  const id = idOf(spelled, invocation);
  if (reason === undefined) throw wrongInput(messages.usage.missingArgument(messages.site.faults.reasonMissing));
  const cutoff = checked(check, { reason, ...given({ url, notBefore, notAfter }) }, OPTION_NAMES, invocation);
  refuse(checkCutoff(cutoff, ''), OPTION_NAMES, invocation);
  return atSiteDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'cutoff', id, cutoff });
    return showOperation(invocation, desk, operation, { ...options, begins: laterThanNow(notBefore) });
  });
}

/** Restores a subscriber and shows it until it is verified or held. */
export async function restore(invocation: Invocation, spelled: string, options: SiteWait): Promise<ExitCode> {
  const id = idOf(spelled, invocation);
  return atSiteDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'restore', id });
    return showOperation(invocation, desk, operation, options);
  });
}

async function showCut(invocation: Invocation, json: boolean): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    const items = (await everySubscriber(desk)).filter((one) => isCut(one) || heldReason(one) !== null);
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

function listing(invocation: Invocation, items: readonly SubscriberDocument[]): readonly string[] {
  const { columns, words, nobodyCut } = invocation.messages.site;
  if (items.length === 0) return [nobodyCut];
  return table(
    [
      columns.id,
      columns.name,
      columns.router,
      columns.service,
      columns.held,
      columns.since,
      columns.start,
      columns.reason,
    ],
    items.map((one) => [
      one.id,
      one.name,
      one.router,
      cutWord(invocation, one),
      heldReason(one) ?? words.none,
      timeOf(one.cutoff?.since ?? null)?.slice(0, 10) ?? words.none,
      startOf(one) ?? words.none,
      one.cutoff?.reason ?? words.none,
    ]),
    {
      width: screenWidth(invocation),
      shrink: [
        [7, 12],
        [1, 8],
      ],
    },
  );
}

/** What is seen of a cut that stands; of one that does not, why: its time is to come, has gone by, or the agent is at it. */
function cutWord({ messages }: Invocation, { cutoff, observed }: SubscriberDocument): string {
  const { service, cutStates } = messages.site;
  const seen = observed?.service ?? 'unknown';
  if (cutoff === null || seen === 'cut' || seen === 'partial') return service[seen];
  const now = Date.now();
  if (timeIn(cutoff.notBefore, -Infinity) > now) return cutStates.scheduled;
  return timeIn(cutoff.notAfter, Infinity) <= now ? cutStates.expired : cutStates.toCut;
}

function timeIn(instant: string | undefined, otherwise: number): number {
  return instant === undefined ? otherwise : (parseInstant(instant) ?? otherwise);
}

/** In UTC, as all times of a list: whoever asked may have written another offset. */
function startOf({ cutoff }: SubscriberDocument): string | null {
  const at = parseInstant(cutoff?.notBefore ?? '');
  return at === null ? null : timeOf(formatInstant(at));
}
