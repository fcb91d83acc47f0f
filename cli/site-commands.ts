import { Argument, Option, type Command } from 'commander';
import { NOTICE_KINDS, type NoticeKind } from '../schemas/subscriber.ts';
import { limit, sequence } from './arguments.ts';
import { wrongInput } from './site-desk.ts';
import { repeatable, verbWithVerbs, type Json, type VerbHost } from './verb-host.ts';
import { waitOf, waiting, type Waiting } from './waiting.ts';
import type { CutoffOptions } from './verbs/cutoff.ts';
import type { EventOptions } from './verbs/events.ts';
import type { OperationsOptions } from './verbs/operations.ts';
import type { NoticePut } from './verbs/notices.ts';
import type { SubscriberFilter, SubscriberPut } from './verbs/subscribers.ts';

const EVENTS = 100;
const OPERATIONS = 50;

interface ReleaseGiven {
  readonly router?: readonly string[];
  readonly all: boolean;
  readonly yes: boolean;
}

/** Adds `subscribers`, `cutoff`, `restore`, `notices`, `routers`, `operations`, `release` and `events`. */
export function addSiteVerbs(program: Command, host: VerbHost): void {
  addSubscribers(program, host);
  addCutoff(program, host);
  addNotices(program, host);
  addRouters(program, host);
  addOperations(program, host);
  addRelease(program, host);
  addEvents(program, host);
}

function addSubscribers(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.site;
  const load = () => import('./verbs/subscribers.ts');
  const subscribers = verbWithVerbs(program, 'subscribers [subscriber]', verbs.subscribers);
  subscribers
    .addOption(json)
    .option('--router <ROUTER>', options.onRouter)
    .option('--cut', options.isCut, false)
    .option('--held', options.isHeld, false)
    .action((id: string | undefined, given: SubscriberFilter) =>
      act(async () => (await load()).showSubscribers(invocation(), id, given)),
    );
  subscribers
    .command('put <subscriber>')
    .description(verbs.subscribersPut)
    .addOption(json)
    .requiredOption('--name <TEXT>', options.name)
    .requiredOption('--router <ROUTER>', options.router)
    .addOption(repeatable('--address <ADDRESS>', options.address))
    .option('--ppp <NAME>', options.ppp)
    .option('--mac <MAC>', options.mac)
    .option('--no-auto-cut', options.noAutoCut)
    .option('--no-auto-notice', options.noAutoNotice)
    .action((id: string, given: SubscriberPut) =>
      act(async () => (await load()).putSubscriber(invocation(), id, given)),
    );
  subscribers
    .command('delete <subscriber>')
    .description(verbs.subscribersDelete)
    .addOption(json)
    .action((id: string, given: Json) => act(async () => (await load()).deleteSubscriber(invocation(), id, given)));
}

function addCutoff(program: Command, host: VerbHost): void {
  const { messages, invocation, act } = host;
  const { options, verbs } = messages.site;
  const load = () => import('./verbs/cutoff.ts');
  waiting(program.command('cutoff [subscriber]').description(verbs.cutoff), host)
    .option('--reason <TEXT>', options.reason)
    .option('--url <URL>', options.url)
    .option('--not-before <TIME>', options.notBefore)
    .option('--not-after <TIME>', options.notAfter)
    .action((id: string | undefined, given: Waiting & CutoffOptions) =>
      act(async () => (await load()).cutOff(invocation(), id, { ...given, ...waitOf(given) })),
    );
  waiting(program.command('restore <subscriber>').description(verbs.restore), host).action(
    (id: string, given: Waiting) => act(async () => (await load()).restore(invocation(), id, waitOf(given))),
  );
}

function addNotices(program: Command, host: VerbHost): void {
  const { messages, json, invocation, act } = host;
  const { options, verbs } = messages.site;
  const load = () => import('./verbs/notices.ts');
  const kind = (): Argument => new Argument('<kind>').choices(NOTICE_KINDS);
  const notices = verbWithVerbs(program, 'notices [subscriber]', verbs.notices);
  notices
    .addOption(json)
    .action((id: string | undefined, given: Json) =>
      act(async () => (await load()).showNotices(invocation(), id, given)),
    );
  waiting(notices.command('put <subscriber>').addArgument(kind()).description(verbs.noticesPut), host)
    .option('--text <TEXT>', options.text)
    .option('--url <URL>', options.url)
    .option('--start <TIME>', options.start)
    .option('--end <TIME>', options.end)
    .option('--once', options.once)
    .action((id: string, noticeKind: NoticeKind, given: Waiting & NoticePut) =>
      act(async () => (await load()).putNotice(invocation(), { id, kind: noticeKind }, { ...given, ...waitOf(given) })),
    );
  waiting(notices.command('end <subscriber>').addArgument(kind()).description(verbs.noticesEnd), host).action(
    (id: string, noticeKind: NoticeKind, given: Waiting) =>
      act(async () => (await load()).endNotice(invocation(), { id, kind: noticeKind }, waitOf(given))),
  );
  waiting(notices.command('reissue').description(verbs.noticesReissue), host)
    .option('--report', options.report)
    .action((given: Waiting & { readonly report?: boolean }) =>
      act(async () => (await load()).reissueNotices(invocation(), { report: given.report === true, ...waitOf(given) })),
    );
}

function addRouters(program: Command, host: VerbHost): void {
  const { messages, json, invocation, act } = host;
  const { options, verbs } = messages.site;
  const load = () => import('./verbs/routers.ts');
  const routers = verbWithVerbs(program, 'routers [router]', verbs.routers);
  routers
    .addOption(json)
    .action((id: string | undefined, given: Json) =>
      act(async () => (await load()).showRouters(invocation(), id, given)),
    );
  waiting(routers.command('reconcile <router>').description(verbs.routersReconcile), host).action(
    (id: string, given: Waiting) => act(async () => (await load()).reconcileRouter(invocation(), id, waitOf(given))),
  );
  waiting(routers.command('release <router> <operation...>').description(verbs.routersRelease), host)
    .option('--yes', options.yes, false)
    .action((router: string, operations: readonly string[], given: Waiting & { readonly yes: boolean }) =>
      act(async () => {
        const { releaseOperations } = await import('./verbs/release.ts');
        return releaseOperations(invocation(), { router, operations }, { yes: given.yes, ...waitOf(given) });
      }),
    );
  waiting(routers.command('claim <router> <subscriber...>').description(verbs.routersClaim), host)
    .option('--yes', options.yes, false)
    .action((router: string, subscribers: readonly string[], given: Waiting & { readonly yes: boolean }) =>
      act(async () =>
        (await load()).claimRows(invocation(), { router, subscribers }, { yes: given.yes, ...waitOf(given) }),
      ),
    );
}

function addOperations(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { operations, options } = messages.held;
  program
    .command('operations [operation]')
    .description(operations.verb)
    .addOption(json)
    .option('--held', operations.onlyHeld, false)
    .option('--all', options.all, false)
    .addOption(new Option('--limit <COUNT>', operations.limit).argParser(limit).default(OPERATIONS))
    .action((id: string | undefined, given: OperationsOptions) =>
      act(async () => (await import('./verbs/operations.ts')).showOperations(invocation(), id, given)),
    );
}

/** The brake's own verb, for what many routers hold. */
function addRelease(program: Command, host: VerbHost): void {
  const { messages, invocation, act } = host;
  const { verb, options } = messages.held;
  waiting(program.command('release [operation]').description(verb), host)
    .option('--all', options.everything, false)
    .addOption(repeatable('--router <ROUTER>', options.onRouter))
    .option('--yes', options.yes, false)
    .action((operation: string | undefined, given: Waiting & ReleaseGiven) =>
      act(async () => {
        const { releaseAll, releaseEverywhere } = await import('./verbs/release.ts');
        if ((operation === undefined) !== given.all) throw wrongInput(messages.held.eitherNameOrAll);
        const release = { routers: given.router ?? [], yes: given.yes, ...waitOf(given) };
        return operation === undefined
          ? releaseAll(invocation(), release)
          : releaseEverywhere(invocation(), operation, release);
      }),
    );
}

function addEvents(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.site;
  program
    .command('events')
    .description(verbs.events)
    .addOption(json)
    .addOption(new Option('--after <NUMBER>', options.after).argParser(sequence))
    .option('--follow', options.follow, false)
    .option('--type <PREFIX>', options.type)
    .option('--subject <SUBJECT>', options.subject)
    .addOption(new Option('--limit <COUNT>', options.limit).argParser(limit).default(EVENTS))
    .action((given: EventOptions) =>
      act(async () => (await import('./verbs/events.ts')).showEvents(invocation(), given)),
    );
}

/** A verb that waits for the agent. */
