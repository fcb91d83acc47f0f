import { maskPlan } from '../../control/core/mask-answers.ts';
import { formatInstant, parseInstant } from '../../control/core/instant.ts';
import type { RouterPlan, RouterStatus } from '../../schemas/router.ts';
import { isAgreed } from '../ask.ts';
import { errorText } from '../away.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, screenWidth, type Invocation } from '../invocation.ts';
import { inLanguage, siteFindingLines, siteFindings } from '../show-finding.ts';
import { heldLines } from '../show-held.ts';
import { atSiteDesk, idOf, notFound, routerOf, wrongInput, type SiteDesk } from '../site-desk.ts';
import { rowLine, showOperation, type SiteWait } from '../site-operation.ts';
import { fields, printable, table } from '../table.ts';
import { timeOf } from '../times.ts';

/** Shows every router, or one with what is to mend on it. */
export async function showRouters(
  invocation: Invocation,
  id: string | undefined,
  { json }: { readonly json: boolean },
): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    if (id !== undefined) {
      const router = routerOf(desk, id, invocation);
      const plan = await desk.store.routerPlan(id);
      const oldest = await oldestRestore(desk, id);
      if (json)
        sayJson(invocation, {
          ...router,
          agentRunning: desk.isDoerRunning,
          oldestPendingRestoreAt: oldest,
          heldOperations: plan === null ? [] : (maskPlan(plan).heldOperations ?? []),
        });
      else
        for (const line of [
          ...downLines(invocation, desk),
          ...detail(invocation, router, plan === null ? null : maskPlan(plan), {
            oldest,
            isAgentRunning: desk.isDoerRunning,
          }),
        ])
          say(invocation, line);
      return EXIT.ok;
    }
    const items = await Promise.all(
      desk.routers.map(async (router) => ({ ...router, oldestPendingRestoreAt: await oldestRestore(desk, router.id) })),
    );
    const findings = await siteFindings(desk.store);
    if (json) sayJson(invocation, { agentRunning: desk.isDoerRunning, items, findings });
    else
      for (const line of [...downLines(invocation, desk), ...listing(invocation, items, desk.isDoerRunning)])
        say(invocation, line);
    const grave = findings.filter(({ severity }) => severity !== 'info');
    if (!json) for (const line of siteFindingLines(grave, invocation)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Asks for a full pass now, and shows what came of it. */
export async function reconcileRouter(invocation: Invocation, id: string, options: SiteWait): Promise<ExitCode> {
  return atSiteDesk(invocation, async (desk) => {
    routerOf(desk, id, invocation);
    const { operation } = await desk.accept({ kind: 'reconcile', router: id });
    return showOperation(invocation, desk, operation, options);
  });
}

/** Takes over the foreign rows that cover or hold subscribers: shows them first, and asks. */
export async function claimRows(
  invocation: Invocation,
  { router, subscribers }: { readonly router: string; readonly subscribers: readonly string[] },
  { yes, ...options }: SiteWait & { readonly yes: boolean },
): Promise<ExitCode> {
  const { io, messages } = invocation;
  return atSiteDesk(invocation, async (desk) => {
    routerOf(desk, router, invocation);
    const names = [...new Set(subscribers.map((name) => idOf(name, invocation)))];
    for (const name of names) {
      if ((await desk.store.readSubscriber(name)) === null) throw notFound(`subscriber/${name}`, invocation);
    }
    const lines = await foreignRows(invocation, desk, router, names);
    // JSON goes to stdout alone.
    for (const line of lines) io[options.json ? 'stderr' : 'stdout'].write(`${line}\n`);
    if (!yes) {
      if (!io.isInputTerminal) throw wrongInput(messages.site.faults.claimNeedsYes);
      if (!(await isAgreed(io, messages.site.claimAsk))) {
        say(invocation, messages.site.claimLeft);
        return EXIT.failed;
      }
    }
    const { operation } = await desk.accept({ kind: 'claim', router, subscribers: names });
    return showOperation(invocation, desk, operation, options);
  });
}

/** What the stored plan and the last look say of foreign rows that hold or cover these subscribers. */
async function foreignRows(
  { messages }: Invocation,
  { store }: SiteDesk,
  router: string,
  subscribers: readonly string[],
): Promise<readonly string[]> {
  const { site } = messages;
  const plan = await store.routerPlan(router);
  const lines: string[] = [];
  let count = 0;
  for (const id of subscribers) {
    const held = (plan?.held ?? []).filter(
      ({ subject, reason }) => subject === `subscriber/${id}` && reason === 'foreign-row',
    );
    const known = await store.readSubscriber(id);
    const covering = (known?.observed?.rows ?? []).filter(({ foreign }) => foreign);
    const becomes = (known?.record.cutoff ?? null) === null ? site.claimRemoves : site.claimTakes;
    const found = [
      ...held.map(({ detail: told }) => printable(messages.told(told))),
      ...covering.map((row) => rowLine(row, site.words.notOurs)),
    ];
    if (found.length === 0) lines.push(`  ${site.claimNothing(id)}`);
    for (const row of found) lines.push(`  ${id}: ${row} – ${becomes}`);
    count += found.length;
  }
  return [site.claimShows(router), ...lines, ...(count === 0 ? [site.claimIdle] : [])];
}

/** When the oldest restore was accepted that this router has not seen verified; null for none. */
async function oldestRestore({ agent }: SiteDesk, router: string): Promise<string | null> {
  const open = (await agent.openOperations(router)).filter(({ kind }) => kind === 'restore');
  return open.length === 0 ? null : formatInstant(Math.min(...open.map(({ acceptedAt }) => acceptedAt)));
}

/** How long ago, in its largest unit: `40 s`, `7 min`, `3 h`, `12 d`. */
function ageOf(instant: string | null): string | null {
  if (instant === null) return null;
  const seconds = Math.max(Math.floor((Date.now() - (parseInstant(instant) ?? 0)) / 1_000), 0);
  if (seconds < 60) return `${String(seconds)} s`;
  if (seconds < 3_600) return `${String(Math.floor(seconds / 60))} min`;
  return seconds < 86_400 ? `${String(Math.floor(seconds / 3_600))} h` : `${String(Math.floor(seconds / 86_400))} d`;
}

/** The same, with since when it is so. */
function asDesiredSince(router: RouterStatus, { site, held }: Invocation['messages']): string {
  const since = timeOf(router.convergedSince ?? null);
  return `${asDesiredOf(router, site.words)}${since === null ? '' : ` (${held.since(since)})`}`;
}

/** Nothing is left to write while somebody who paid is cut, or something waits for a person: that is not as desired. */
function asDesiredOf(router: RouterStatus, words: Invocation['messages']['site']['words']): string {
  const { converged, counts } = router;
  if (counts.paidButCut > 0) return words.butPaid;
  if (!converged) return words.no;
  return heldAt(router) === 0 ? words.yes : words.butHeld;
}

/** Changes that wait, those among them that a foreign row prevents. */
function heldAt({ counts, heldBy }: Pick<RouterStatus, 'counts' | 'heldBy'>): number {
  return heldBy === undefined ? counts.held : Object.values(heldBy).reduce((sum, count) => sum + count, 0);
}

/** While no agent runs all that is told of a router is what was seen last: nobody knows how it is now. */
function downLines({ messages }: Invocation, { isDoerRunning }: SiteDesk): readonly string[] {
  return isDoerRunning ? [] : [messages.site.seenLast];
}

type Listed = RouterStatus & { readonly oldestPendingRestoreAt: string | null };

function listing(invocation: Invocation, routers: readonly Listed[], isAgentRunning: boolean): readonly string[] {
  const { columns, words, modes, connection, noRouters } = invocation.messages.site;
  if (routers.length === 0) return [noRouters];
  const { id, mode, link, seen, ok, version, cut, notices, open, held, restore, lastError } = columns;
  return table(
    [id, mode, isAgentRunning ? link : seen, ok, version, cut, notices, open, held, restore, lastError],
    routers.map((router) => [
      router.id,
      modes[router.mode],
      isAgentRunning ? connection[router.connection] : (timeOf(router.lastSeen) ?? words.never),
      asDesiredOf(router, words),
      router.version?.replace(/ \(.*/, '') ?? words.none,
      String(router.counts.cut),
      String(router.counts.notices),
      String(router.counts.pending),
      String(heldAt(router)),
      ageOf(router.oldestPendingRestoreAt) ?? words.none,
      router.lastError?.code ?? words.none,
    ]),
    { width: screenWidth(invocation), shrink: [[10, 8]] },
  );
}

function detail(
  { messages }: Invocation,
  router: RouterStatus,
  plan: RouterPlan | null,
  { oldest, isAgentRunning }: { readonly oldest: string | null; readonly isAgentRunning: boolean },
): readonly string[] {
  const { columns, words, modes, connection } = messages.site;
  const { counts, lastError, findings, drift = { found: 0, repaired: 0 } } = router;
  return [
    ...(counts.paidButCut === 0 ? [] : [messages.held.paidButCut(counts.paidButCut)]),
    ...fields([
      [columns.router, router.id],
      [columns.mode, modes[router.mode]],
      isAgentRunning
        ? [columns.connection, connection[router.connection]]
        : [columns.seen, timeOf(router.lastSeen) ?? words.never],
      [columns.asDesired, asDesiredSince(router, messages)],
      [columns.version, router.version ?? words.none],
      [columns.dialect, router.dialect ?? words.none],
      [columns.lastPass, timeOf(router.lastPass) ?? words.never],
      [columns.subscribers, String(counts.subscribers)],
      [columns.cut, String(counts.cut)],
      [columns.notices, String(counts.notices)],
      [columns.pending, String(counts.pending)],
      [columns.held, String(heldAt(router))],
      [columns.paidButCut, String(counts.paidButCut)],
      [columns.oldestRestore, timeOf(oldest) ?? words.none],
      [columns.drift, messages.site.drifted(drift.found, drift.repaired)],
      [columns.steps, plan === null ? words.none : String(plan.steps.length + (plan.omitted ?? 0))],
      [
        columns.lastError,
        lastError === null ? words.none : `${lastError.code}: ${errorText(messages, lastError).what}`,
      ],
    ]),
    ...(router.notSent === undefined
      ? []
      : [`  ${messages.status.notSent(router.notSent, modes[router.mode], router.id)}`]),
    ...(lastError === null ? [] : [`  ${messages.site.todo(printable(errorText(messages, lastError).remedy))}`]),
    ...(plan === null ? [] : heldLines({ messages }, plan, false)),
    ...findings.flatMap((finding) => {
      const { detail: told, remedy } = inLanguage(finding, messages.language);
      return [
        printable(`${messages.doctor.severities[finding.severity]} (${finding.code}): ${told}`),
        ...(remedy === undefined ? [] : [`  ${messages.site.todo(printable(remedy))}`]),
      ];
    }),
  ];
}
