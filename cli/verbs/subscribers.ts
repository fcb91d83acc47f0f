import { subscriberDocument } from '../../control/core/subscriber-document.ts';
import { checkSubscriber } from '../../control/core/check-subscriber.ts';
import { validatorOf } from '../../control/http/validate.ts';
import type { SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { Subscriber } from '../../schemas/subscriber.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, screenWidth, type Invocation } from '../invocation.ts';
import { everyPage } from '../pages.ts';
import {
  atSiteDesk,
  checked,
  given,
  idOf,
  notFound,
  refuse,
  routerOf,
  wrongInput,
  type SiteDesk,
} from '../site-desk.ts';
import { rowLine } from '../site-operation.ts';
import { fields, table } from '../table.ts';
import { timeOf } from '../times.ts';

export interface SubscriberFilter {
  readonly json: boolean;
  readonly router?: string;
  readonly cut: boolean;
  readonly held: boolean;
}

export interface SubscriberPut {
  readonly json: boolean;
  readonly name: string;
  readonly router: string;
  readonly address: readonly string[];
  readonly ppp?: string;
  readonly mac?: string;
  readonly autoCut: boolean;
  readonly autoNotice: boolean;
}

const check = validatorOf(Subscriber);
const OPTION_NAMES = { name: '--name', router: '--router', addresses: '--address', ppp: '--ppp', mac: '--mac' };

/** Shows every subscriber that the filters leave, or one whole. */
export async function showSubscribers(
  invocation: Invocation,
  spelled: string | undefined,
  { json, router, cut, held }: SubscriberFilter,
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    if (spelled !== undefined) {
      const id = idOf(spelled, invocation);
      const found = await desk.store.readSubscriber(id);
      if (found === null) throw notFound(`subscriber/${id}`, invocation);
      const document = subscriberDocument(found.record, found.observed);
      if (json) sayJson(invocation, document);
      else for (const line of fields(fieldsOf(invocation, document, isLookedAt(desk, document)))) say(invocation, line);
      return EXIT.ok;
    }
    if (router !== undefined) routerOf(desk, router, invocation);
    const items = (await everySubscriber(desk)).filter(
      (one) =>
        (router === undefined || one.router === router) && (!cut || isCut(one)) && (!held || heldReason(one) !== null),
    );
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items, (one) => isLookedAt(desk, one))) say(invocation, line);
    return EXIT.ok;
  });
}

/** Makes or replaces a subscriber; his cut-off and notices stay. */
export async function putSubscriber(
  invocation: Invocation,
  spelled: string,
  { name, router, address, ppp, mac, autoCut, autoNotice, json }: SubscriberPut,
): Promise<ExitCode> {
  const id = idOf(spelled, invocation);
  if (address.length === 0 && ppp === undefined && mac === undefined) {
    throw wrongInput(invocation.messages.site.faults.knownByNothing);
  }
  const body = { name, router, addresses: address, ...given({ ppp, mac }), autoCut, autoNotice };
  const { value, faults } = checkSubscriber(checked(check, body, OPTION_NAMES, invocation), '');
  refuse(faults, OPTION_NAMES, invocation);
  return atSiteDesk(invocation, async (desk) => {
    routerOf(desk, value.router, invocation);
    await desk.accept({ kind: 'put-subscriber', id, subscriber: value });
    const found = json ? await desk.store.readSubscriber(id) : null;
    if (found === null) say(invocation, invocation.messages.desk.written(`subscriber/${id}`));
    else sayJson(invocation, subscriberDocument(found.record, found.observed));
    return EXIT.ok;
  });
}

/** Forgets a subscriber; the agent takes his rows away. */
export async function deleteSubscriber(
  invocation: Invocation,
  spelled: string,
  { json }: { readonly json: boolean },
): Promise<ExitCode> {
  const id = idOf(spelled, invocation);
  return atSiteDesk(invocation, async ({ accept }) => {
    await accept({ kind: 'delete-subscriber', id });
    if (json) sayJson(invocation, { id, deleted: true });
    else say(invocation, invocation.messages.desk.deleted(`subscriber/${id}`));
    return EXIT.ok;
  });
}

/** Every subscriber as the API shows him, URLs masked. */
export async function everySubscriber({ store }: SiteDesk): Promise<readonly SubscriberDocument[]> {
  const all = await everyPage((after) => store.listSubscribers(after, 500));
  return all.map(({ record, observed }) => subscriberDocument(record, observed));
}

/** Wanted cut, or seen cut. */
export function isCut({ cutoff, observed }: SubscriberDocument): boolean {
  return cutoff !== null || observed?.service === 'cut' || observed?.service === 'partial';
}

export function heldReason({ observed }: SubscriberDocument): string | null {
  return observed?.held ?? null;
}

/** False where his router is not configured: nobody looks at it, and what was seen there last says nothing of now. */
function isLookedAt({ routers }: SiteDesk, { router }: SubscriberDocument): boolean {
  return routers.some(({ id }) => id === router);
}

function listing(
  invocation: Invocation,
  subscribers: readonly SubscriberDocument[],
  isSeen: (one: SubscriberDocument) => boolean,
): readonly string[] {
  const { columns, words, service, noSubscribers } = invocation.messages.site;
  if (subscribers.length === 0) return [noSubscribers];
  return table(
    [columns.id, columns.name, columns.router, columns.addresses, columns.service, columns.notice, columns.sinceOrHeld],
    subscribers.map((one) => [
      one.id,
      one.name,
      one.router,
      shortly(one.addresses),
      service[isSeen(one) ? (one.observed?.service ?? 'unknown') : 'unknown'],
      one.observed?.notice ?? words.none,
      heldReason(one) ?? timeOf(one.cutoff?.since ?? one.notices[0]?.since ?? null)?.slice(0, 10) ?? words.none,
    ]),
    {
      width: screenWidth(invocation),
      shrink: [
        [1, 8],
        [3, 15],
      ],
    },
  );
}

function shortly([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} +${String(more.length)}`;
}

function fieldsOf(
  { messages }: Invocation,
  one: SubscriberDocument,
  isSeen: boolean,
): readonly (readonly [string, string])[] {
  const { columns, words, service } = messages.site;
  const yesNo = (is: boolean | undefined): string => (is === false ? words.no : words.yes);
  const { cutoff, observed } = one;
  const seen =
    observed === null
      ? words.never
      : `${timeOf(observed.at) ?? ''}${observed.verified ? '' : ` (${words.notVerified})`}`;
  return [
    [columns.id, one.id],
    [columns.name, one.name],
    [columns.router, isSeen ? one.router : `${one.router} (${words.notConfigured})`],
    [columns.addresses, one.addresses.join(', ')],
    [columns.ppp, one.ppp ?? words.none],
    [columns.mac, one.mac ?? words.none],
    [columns.autoCut, yesNo(one.autoCut)],
    [columns.autoNotice, yesNo(one.autoNotice)],
    [columns.cutoff, cutoff === null ? words.none : instruction(cutoff.since, [cutoff.reason, ...spanOf(cutoff)])],
    ...one.notices.map(({ kind, since, text, url, start, end }): readonly [string, string] => [
      columns.notice,
      instruction(since, [kind, text ?? '', url ?? '', ...spanOf({ notBefore: start, notAfter: end })]),
    ]),
    [columns.service, service[isSeen ? (observed?.service ?? 'unknown') : 'unknown']],
    [columns.held, heldReason(one) ?? words.none],
    [columns.seen, seen],
    ...(observed?.rows ?? []).map((row): readonly [string, string] => [columns.rows, rowLine(row, words.notOurs)]),
  ];
}

function instruction(since: string, parts: readonly string[]): string {
  return [timeOf(since) ?? '', ...parts.filter((part) => part !== '')].join('  ');
}

function spanOf(span: { readonly notBefore?: string | undefined; readonly notAfter?: string | undefined }): string[] {
  const { notBefore, notAfter } = span;
  return notBefore === undefined && notAfter === undefined ? [] : [`${notBefore ?? ''} … ${notAfter ?? ''}`.trim()];
}
