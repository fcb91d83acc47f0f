import { centralStanding } from '../../control/central-contact.ts';
import { formatInstant } from '../../control/core/instant.ts';
import { ofNoRouter } from '../../control/core/no-router.ts';
import type { Config } from '../../schemas/config/config.ts';
import { errorText } from '../away.ts';
import { isAgentRunning, isRunning as isDaemonRunning, openStoreAt } from '../data-folder.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { printable } from '../table.ts';
import { placeOf, type Broken, type StatusPlace } from '../status-place.ts';
import { showError } from '../show-error.ts';
import { inLanguage, siteFindingLines, siteFindings } from '../show-finding.ts';
import { timeOf } from '../times.ts';
import { heldSince } from '../../store/lock.ts';
import type { ControlStore } from '../../store/ports.ts';

function codeOf(broken: Broken | null): ExitCode {
  return broken === null ? EXIT.ok : exitCodeOf(broken.error);
}

/** What a running agent goes on with: since when, and the fingerprint of it that each router's plan bears. */
interface RunsWith {
  readonly since: string | null;
  readonly configuration: Readonly<Record<string, string>>;
}

async function runsWith(place: StatusPlace, routers: readonly string[], store: ControlStore): Promise<RunsWith> {
  const since = heldSince(place.dataDir, 'agent');
  const prints = await Promise.all(
    routers.map(async (id) => [id, (await store.routerPlan(id))?.configuration ?? null] as const),
  );
  return {
    since: since === null ? null : formatInstant(Math.round(since)),
    configuration: Object.fromEntries(prints.flatMap(([id, print]) => (print === null ? [] : [[id, print]]))),
  };
}

function brokenFacts(broken: Broken | null, agentRunsWith: RunsWith | null, { messages }: Invocation) {
  if (broken === null) return { broken: false };
  const { file, changedAt, error } = broken;
  return {
    broken: true,
    file,
    changedAt: changedAt === null ? null : formatInstant(Math.round(changedAt)),
    agentRunsWith,
    error: showError(error, messages).trim(),
  };
}

function brokenLines({ file, changedAt, error }: Broken, agent: RunsWith | null, { messages }: Invocation) {
  const at = changedAt === null ? null : timeOf(formatInstant(Math.round(changedAt)));
  return [
    messages.status.broken(file, at, agent === null ? null : { since: timeOf(agent.since) }),
    ...showError(error, messages)
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

/** Findings of every router alike. */
const SAID_OF_THE_SITE: ReadonlySet<string> = new Set(['central-silent', 'central-stale']);

/** So many held operations are named; `operations --held` has all. */
const HELD_SHOWN = 5;

/** Shows what the store knows: which daemons run, how routers and phones are, and what waits for a person. */
export async function status(
  invocation: Invocation,
  options: { readonly json: boolean; readonly db?: string | undefined },
): Promise<ExitCode> {
  const { status: texts } = invocation.messages;
  const place = placeOf(invocation, options.db);
  const { site, config, broken } = place;
  const store = openStoreAt(place.db, site === null ? {} : { site });
  try {
    const isRunning = isAgentRunning(place);
    // Those that were taken out of the configuration are nobody's business any more.
    const known = config?.agent?.routers.map(({ id }) => id);
    const routers = (await store.control.routerStatuses()).filter(({ id }) => known?.includes(id) ?? true);
    const counts = await store.control.counts();
    const generation = await store.control.generation();
    const portal = await store.control.readPortalRound();
    const phones = await phoneFacts(place, store.control);
    const central = await centralFacts(config, store.control);
    const refused = await store.control.refusedReloads();
    const ids = routers.map(({ id }) => id);
    const agent = isRunning && broken !== null ? await runsWith(place, ids, store.control) : null;
    const lost = ofNoRouter(await store.control.subscribersByRouter(), known ?? []);
    if (options.json) {
      sayJson(invocation, {
        site,
        configuration: brokenFacts(broken, agent, invocation),
        agentRunning: isRunning,
        routers,
        counts,
        generation,
        central,
        refusedReloads: refused.map((one) => ({ ...one, at: formatInstant(one.at) })),
        subscribersOfNoRouter: lost,
        portal:
          portal === null
            ? null
            : { leadsTo: portal.lead.domain, awaited: portal.awaited?.domain ?? null, findings: portal.findings },
        doctor: await store.control.siteDoctor(),
        ...phones,
      });
      return codeOf(broken);
    }
    if (broken !== null) for (const line of brokenLines(broken, agent, invocation)) say(invocation, line);
    say(invocation, `${site ?? place.db}: ${texts.agentRuns(isRunning)}`);
    say(invocation, texts.counts(counts.subscribers, counts.cutoffs, counts.notices));
    if (phones !== null) {
      const { provisionerRunning, phoneCounts, provisioner } = phones;
      const { phones: all, rotations } = phoneCounts;
      say(invocation, texts.phones(provisionerRunning, all.total, all.registered, rotations.open));
      if (provisioner?.sip.isReady === false) say(invocation, texts.sipNotReady(provisioner.sip.detail));
      if (provisioner?.legacyTls !== undefined) say(invocation, texts.legacyTls(provisioner.legacyTls));
      const [unserved] = provisioner?.notServed.first ?? [];
      if (provisioner !== null && unserved !== undefined)
        say(invocation, texts.notServed(provisioner.notServed.count, unserved.mac, unserved.line, unserved.detail));
    }
    say(invocation, texts.generation(generation?.generation ?? null));
    if (central.state !== 'none' && central.lastContactAt !== null)
      say(invocation, invocation.messages.held.central[central.state](timeOf(central.lastContactAt) ?? ''));
    for (const { daemon, at, code, detail } of refused)
      say(
        invocation,
        printable(
          invocation.messages.held.refusedReload(
            daemon,
            timeOf(formatInstant(at)) ?? '',
            `${code}: ${invocation.messages.told(detail)}`,
          ),
        ),
      );
    for (const line of siteFindingLines(await siteFindings(store.control), invocation)) say(invocation, line);
    if (lost !== null) say(invocation, printable(invocation.messages.held.ofNoRouter(lost.count, lost.routers)));
    const paidButCut = routers.reduce((sum, router) => sum + router.counts.paidButCut, 0);
    if (paidButCut > 0) say(invocation, invocation.messages.held.paidButCut(paidButCut));
    if (counts.operations.held > 0) {
      say(invocation, texts.held(counts.operations.held));
      const { heldOne, heldMore } = invocation.messages.held;
      const shown = await store.control.listOperations(['held'], HELD_SHOWN);
      for (const { id, kind, subject, reason } of shown)
        say(invocation, `  ${heldOne(id, kind, subject, reason ?? '')}`);
      say(invocation, `  ${heldMore(counts.operations.held - shown.length)}`);
    }
    for (const id of known ?? []) {
      if (!routers.some((router) => router.id === id)) say(invocation, texts.neverSeen(id));
    }
    for (const router of routers) {
      const { id, mode, connection, converged, counts: own, heldBy, notSent, lastError, lastSeen, findings } = router;
      const held = Object.values(heldBy ?? { all: own.held }).reduce((sum, count) => sum + count, 0);
      const open = texts.open(own.pending, held);
      const far = howFar(converged, held, own.paidButCut);
      const link = isRunning ? texts.words[connection] : texts.lastSeen(timeOf(lastSeen));
      say(invocation, texts.router(id, mode, link, far, open));
      if (notSent !== undefined)
        say(invocation, `  ${texts.notSent(notSent, invocation.messages.site.modes[mode], id)}`);
      if (own.paidButCut > 0) say(invocation, `  ${invocation.messages.held.paidButCutOn(own.paidButCut, id)}`);
      if (lastError !== null) say(invocation, `  ${lastError.code}: ${errorText(invocation.messages, lastError).what}`);
      for (const finding of findings.filter(({ code }) => !SAID_OF_THE_SITE.has(code)))
        say(
          invocation,
          `  ${invocation.messages.doctor.severities[finding.severity]}: ${inLanguage(finding, invocation.messages.language).detail}`,
        );
    }
    return codeOf(broken);
  } finally {
    store.close();
  }
}

/** How the central platform stands, and when it was last heard. */
async function centralFacts(config: Config | null, store: ControlStore) {
  const { central = { kind: 'none', staleAfterHours: 0 } } = config?.control ?? {};
  const record = await store.centralRecord();
  const state = centralStanding(central, record, Date.now());
  return { state, lastContactAt: state === 'none' || record === null ? null : formatInstant(record.contactAt) };
}

/** Nothing is left to write while somebody who paid is cut, or something waits for a person: that is not as desired. */
function howFar(
  isConverged: boolean,
  held: number,
  paidButCut: number,
): 'asDesired' | 'butHeld' | 'butPaid' | 'notYet' {
  if (paidButCut > 0) return 'butPaid';
  if (!isConverged) return 'notYet';
  return held === 0 ? 'asDesired' : 'butHeld';
}

/** What there is to say of phones; null where the configuration has no provisioner, or nobody can tell and none was here. */
async function phoneFacts(place: StatusPlace, store: ControlStore) {
  const provisioner = await store.provisionerStatus();
  if (place.config === null ? provisioner === null : place.config.provisioner === undefined) return null;
  return {
    provisionerRunning: isDaemonRunning(place, 'provisioner'),
    provisioner,
    phoneCounts: await store.phoneCounts(),
  };
}
