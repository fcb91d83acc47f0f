import { checkNotice } from '../../control/core/check-instructions.ts';
import { validatorOf } from '../../control/http/validate.ts';
import type { ReissuedSubscriber } from '../../schemas/reissue.ts';
import type { NoticeDocument, SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { Notice, type NoticeKind } from '../../schemas/subscriber.ts';
import { subscriberDocument } from '../../control/core/subscriber-document.ts';
import type { Page } from '../../store/ports.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, screenWidth, type Invocation } from '../invocation.ts';
import { atSiteDesk, checked, given, idOf, notFound, refuse, type SiteDesk } from '../site-desk.ts';
import { laterThanNow, leftOutOf, showOperation, type SiteWait } from '../site-operation.ts';
import { table } from '../table.ts';
import { timeOf } from '../times.ts';
import { everySubscriber } from './subscribers.ts';

export interface NoticePut extends SiteWait {
  readonly text?: string;
  readonly url?: string;
  readonly start?: string;
  readonly end?: string;
  readonly once?: boolean;
}

type Shown = NoticeDocument & { readonly subscriber: string };

const check = validatorOf(Notice);
const OPTION_NAMES = { text: '--text', url: '--url', start: '--start', end: '--end' };

/** Shows every notice that somebody has, or those of one subscriber. */
export async function showNotices(
  invocation: Invocation,
  spelled: string | undefined,
  { json }: { readonly json: boolean },
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    let subscribers: readonly SubscriberDocument[];
    if (spelled === undefined) subscribers = await everySubscriber(desk);
    else {
      const found = await desk.store.readSubscriber(idOf(spelled, invocation));
      if (found === null) throw notFound(`subscriber/${spelled}`, invocation);
      subscribers = [subscriberDocument(found.record, found.observed)];
    }
    const items = subscribers.flatMap(({ id, notices }) => notices.map((notice) => ({ subscriber: id, ...notice })));
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Shows a subscriber a notice, and waits until it is verified or held. */
export async function putNotice(
  invocation: Invocation,
  { id: spelled, kind }: { readonly id: string; readonly kind: NoticeKind },
  { text, url, start, end, once, ...options }: NoticePut,
): Promise<ExitCode> {
  const id = idOf(spelled, invocation);
  const value = checked(check, given({ text, url, start, end, once }), OPTION_NAMES, invocation);
  refuse(checkNotice(value, '', Date.now()), OPTION_NAMES, invocation);
  return atSiteDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'notice', id, notice: kind, value });
    return showOperation(invocation, desk, operation, { ...options, begins: laterThanNow(start) });
  });
}

/** Ends a notice, and waits until that is verified. */
export async function endNotice(
  invocation: Invocation,
  { id: spelled, kind }: { readonly id: string; readonly kind: NoticeKind },
  options: SiteWait,
): Promise<ExitCode> {
  const id = idOf(spelled, invocation);
  return atSiteDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'notice-end', id, notice: kind });
    return showOperation(invocation, desk, operation, options);
  });
}

/** Leads every live cut-off and notice to the portal's present page, and shows how far that is. */
export async function reissueNotices(
  invocation: Invocation,
  { report, ...options }: SiteWait & { readonly report?: boolean },
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'reissue' });
    const code = await showOperation(invocation, desk, operation, options);
    const round = await desk.store.readPortalRound();
    if (!options.json && code === EXIT.tryAgain && round?.awaited != null) {
      const { domain, positive } = round.awaited;
      say(invocation, `  ${invocation.messages.site.reissueAwaits(domain, positive, round.checks)}`);
    }
    if (report === true && operation !== null) await showReissued(invocation, desk, operation.id, options.json);
    return code;
  });
}

const REPORT_PAGE = 500;

async function showReissued(invocation: Invocation, { store }: SiteDesk, id: string, json: boolean): Promise<void> {
  const { columns, words, reissueStates } = invocation.messages.site;
  const items: ReissuedSubscriber[] = [];
  let after: string | null = null;
  do {
    const page: Page<ReissuedSubscriber> = await store.listReissued(id, after, REPORT_PAGE);
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  if (json) {
    const operation = await store.readOperation(id);
    sayJson(invocation, { items, leftOut: operation === null ? {} : Object.fromEntries(leftOutOf(operation)) });
    return;
  }
  if (items.length === 0) {
    say(invocation, invocation.messages.site.nothingReissued);
    return;
  }
  const lines = table(
    [columns.subscriber, columns.router, columns.from, columns.to, columns.state],
    items.map((one) => [one.id, one.router, one.from ?? words.none, one.to ?? words.none, reissueStates[one.state]]),
    {
      width: screenWidth(invocation),
      shrink: [
        [2, 12],
        [3, 12],
      ],
    },
  );
  for (const line of lines) say(invocation, line);
}

function listing(invocation: Invocation, items: readonly Shown[]): readonly string[] {
  const { columns, words, noNotices } = invocation.messages.site;
  if (items.length === 0) return [noNotices];
  return table(
    [columns.subscriber, columns.kind, columns.since, columns.start, columns.end, columns.once, columns.page],
    items.map(({ subscriber, kind, since, start, end, once, text, url }) => [
      subscriber,
      kind,
      timeOf(since)?.slice(0, 10) ?? '',
      start ?? words.none,
      end ?? words.none,
      once === true ? words.yes : words.no,
      text ?? url ?? words.template,
    ]),
    { width: screenWidth(invocation), shrink: [[6, 8]] },
  );
}
