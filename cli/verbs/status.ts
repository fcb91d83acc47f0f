import { centralStanding } from '../../control/central-contact.ts';
import { formatInstant } from '../../control/core/instant.ts';
import { errorText } from '../away.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { isAgentRunning, isRunning as isDaemonRunning, openExistingStore } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { printable } from '../table.ts';
import { inLanguage, siteFindingLines, siteFindings } from '../show-finding.ts';
import type { ControlStore } from '../../store/ports.ts';

/** Findings of every router alike. */
const SAID_OF_THE_SITE: ReadonlySet<string> = new Set(['central-silent', 'central-stale']);

/** Shows what the store knows: which daemons run, how routers and phones are, and what waits for a person. */
export async function status(invocation: Invocation, options: { readonly json: boolean }): Promise<ExitCode> {
  const { status: texts } = invocation.messages;
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const store = openExistingStore(loaded);
  try {
    const isRunning = isAgentRunning(loaded);
    // Those that were taken out of the configuration are nobody's business any more.
    const known = loaded.config.agent?.routers.map(({ id }) => id);
    const routers = (await store.control.routerStatuses()).filter(({ id }) => known?.includes(id) ?? true);
    const counts = await store.control.counts();
    const generation = await store.control.generation();
    const portal = await store.control.readPortalRound();
    const phones = await phoneFacts(loaded, store.control);
    const central = await centralFacts(loaded, store.control);
    const refused = await store.control.refusedReloads();
    if (options.json) {
      sayJson(invocation, {
        site: loaded.config.site,
        agentRunning: isRunning,
        routers,
        counts,
        generation,
        central,
        refusedReloads: refused.map((one) => ({ ...one, at: formatInstant(one.at) })),
        portal:
          portal === null
            ? null
            : { leadsTo: portal.lead.domain, awaited: portal.awaited?.domain ?? null, findings: portal.findings },
        doctor: await store.control.siteDoctor(),
        ...phones,
      });
      return EXIT.ok;
    }
    say(invocation, `${loaded.config.site}: ${texts.agentRuns(isRunning)}`);
    say(invocation, texts.counts(counts.subscribers, counts.cutoffs, counts.notices));
    if (phones !== null) {
      const { provisionerRunning, phoneCounts, provisioner } = phones;
      const { phones: all, rotations } = phoneCounts;
      say(invocation, texts.phones(provisionerRunning, all.total, all.registered, rotations.open));
      if (provisioner?.sip.isReady === false) say(invocation, texts.sipNotReady(provisioner.sip.detail));
    }
    say(invocation, texts.generation(generation?.generation ?? null));
    if (central.state !== 'none' && central.lastContactAt !== null)
      say(invocation, invocation.messages.held.central[central.state](central.lastContactAt));
    for (const { daemon, at, code, detail } of refused)
      say(
        invocation,
        printable(invocation.messages.held.refusedReload(daemon, formatInstant(at), `${code}: ${detail}`)),
      );
    for (const line of siteFindingLines(await siteFindings(store.control), invocation)) say(invocation, line);
    if (counts.operations.held > 0) say(invocation, texts.held(counts.operations.held));
    for (const id of known ?? []) {
      if (!routers.some((router) => router.id === id)) say(invocation, texts.neverSeen(id));
    }
    for (const { id, mode, connection, converged, counts: own, lastError, findings } of routers) {
      const open = texts.open(own.pending, own.held);
      say(invocation, texts.router(id, mode, texts.words[connection], howFar(converged, own.held), open));
      if (lastError !== null) say(invocation, `  ${lastError.code}: ${errorText(invocation.messages, lastError).what}`);
      for (const finding of findings.filter(({ code }) => !SAID_OF_THE_SITE.has(code)))
        say(
          invocation,
          `  ${invocation.messages.doctor.severities[finding.severity]}: ${inLanguage(finding, invocation.messages.language).detail}`,
        );
    }
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** How the central platform stands, and when it was last heard. */
async function centralFacts({ config }: LoadedConfig, store: ControlStore) {
  const { central = { kind: 'none', staleAfterHours: 0 } } = config.control ?? {};
  const record = await store.centralRecord();
  const state = centralStanding(central, record, Date.now());
  return { state, lastContactAt: state === 'none' || record === null ? null : formatInstant(record.contactAt) };
}

/** Nothing is left to write while something waits for a person: that is not yet as desired. */
function howFar(isConverged: boolean, held: number): 'asDesired' | 'butHeld' | 'notYet' {
  if (!isConverged) return 'notYet';
  return held === 0 ? 'asDesired' : 'butHeld';
}

/** What there is to say of phones; null where the configuration has no provisioner. */
async function phoneFacts(loaded: LoadedConfig, store: ControlStore) {
  if (loaded.config.provisioner === undefined) return null;
  return {
    provisionerRunning: isDaemonRunning(loaded, 'provisioner'),
    provisioner: await store.provisionerStatus(),
    phoneCounts: await store.phoneCounts(),
  };
}
