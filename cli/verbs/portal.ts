import { setMaxListeners } from 'node:events';
import { makeProbes } from '../../agent/adapters/doctor/probes.ts';
import { makeResolver } from '../../agent/adapters/dns/resolver.ts';
import { judgeChain } from '../../agent/core/portal-chain.ts';
import { portalRulesOf } from '../../agent/from-config.ts';
import { reachFindings, reachGarden, type HostReach } from '../../agent/garden-reach.ts';
import { answersOf } from '../../agent/portal-answers.ts';
import { formatInstant } from '../../control/core/instant.ts';
import { checkPortalReach } from '../../control/core/portal-check.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { PortalCheck } from '../../schemas/portal-check.ts';
import type { ResolverAnswer } from '../../schemas/portal-round.ts';
import type { Portal } from '../../schemas/portal.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { openDesk } from '../desk.ts';
import { openExistingStore } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { findingLines } from '../show-finding.ts';
import { fields, table } from '../table.ts';
import { timeOf } from '../times.ts';

const PROBE_MS = 5000;

/** Shows the portal as the agent knows it: chain, addresses, walled garden, findings. */
export async function showPortal(invocation: Invocation, options: { readonly json: boolean }): Promise<ExitCode> {
  const { check } = await look(invocation, true);
  if (options.json) sayJson(invocation, check);
  else for (const line of [...headLines(check, invocation), ...gardenLines(check, invocation)]) say(invocation, line);
  if (!options.json) tellFindings(check.findings, invocation);
  return EXIT.ok;
}

/** What is wrong with the portal; with `reach` it is tried from this box. Exit 1 when a finding is an error. */
export async function checkPortal(
  invocation: Invocation,
  options: { readonly json: boolean; readonly reach: boolean },
): Promise<ExitCode> {
  // What is tried now says more than what the last doctor saw.
  const { check: known, portal, loaded } = await look(invocation, !options.reach);
  const tried = options.reach ? await tryAll(portal, loaded, invocation) : null;
  const check = tried === null ? known : withChain(known, tried);
  const reached = tried?.reached ?? null;
  const findings = [...check.findings, ...(reached === null ? [] : reachFindings(reached))];
  if (options.json) sayJson(invocation, { ...check, findings, ...(reached === null ? {} : { reached }) });
  else {
    for (const line of headLines(check, invocation)) say(invocation, line);
    if (reached !== null) for (const line of reachLines(reached, invocation)) say(invocation, line);
    tellFindings(findings, invocation);
  }
  return findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
}

/** Keeps a person's word that what vanished of a host is gone: what is held of it may go then. */
export async function confirmHost(
  invocation: Invocation,
  host: string,
  options: { readonly json: boolean },
): Promise<ExitCode> {
  const { portal: texts } = invocation.messages;
  return openDesk(invocation, 'agent', async ({ store, context }) => {
    const known = [...new Set((await store.readPortalAddresses()).map((one) => one.host))];
    const name = host.toLowerCase();
    const word = context([]);
    const { outcome } = await store.acceptIntent({ kind: 'portal-confirm', host: name }, word);
    if (outcome !== 'accepted') throw new AppError('not-found', texts.notFollowed(name, known), { retryable: false });
    if (options.json) sayJson(invocation, { host: name, at: formatInstant(word.at) });
    else say(invocation, texts.confirmed(name));
    return EXIT.ok;
  });
}

/** Shows every bundle with the standing of each host. */
export function showBundles(invocation: Invocation, options: { readonly json: boolean }): Promise<ExitCode> {
  const { bundles } = loadConfig(invocation.configPath, invocation.io.cwd);
  if (options.json) sayJson(invocation, { bundles });
  else {
    const { language } = invocation.messages;
    const { columns, standings } = invocation.messages.portal;
    for (const { name, about, hosts } of bundles) {
      say(invocation, `${name}: ${about[language]}`);
      const rows = hosts.map((one) => [one.host, standings[one.standing], one.purpose[language], one.source]);
      const headings = [columns.host, columns.standing, columns.purpose, columns.source];
      for (const line of table(headings, rows)) say(invocation, `  ${line}`);
    }
  }
  return Promise.resolve(EXIT.ok);
}

async function look(
  invocation: Invocation,
  withDoctor: boolean,
): Promise<{ readonly check: PortalCheck; readonly portal: Portal; readonly loaded: LoadedConfig }> {
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const store = openExistingStore(loaded);
  try {
    const portal = (await store.control.readPortal())?.portal ?? loaded.config.agent?.portal;
    if (portal === undefined)
      throw new AppError('not-found', invocation.messages.portal.noPortal, { retryable: false });
    const facts = {
      known: await store.control.readPortalAddresses(),
      round: await store.control.readPortalRound(),
      bundles: loaded.bundles,
      doctor: withDoctor ? await store.control.siteDoctor() : null,
      configured: loaded.config.agent?.portal ?? null,
    };
    return { check: checkPortalReach(portal, facts, Date.now()), portal, loaded };
  } finally {
    store.close();
  }
}

/** What this box found by itself, now. */
interface Tried {
  readonly reached: readonly HostReach[];
  readonly answers: readonly ResolverAnswer[];
  readonly findings: readonly Finding[];
  readonly at: string;
}

/** What an earlier round of the agent said of the chain; an answer of this moment takes its place. */
const OF_THE_CHAIN: ReadonlySet<string> = new Set([
  'portal-resolvers-silent',
  'portal-chain-broken',
  'portal-chain-outside',
  'portal-admin-host',
  'portal-no-alias',
  'portal-no-ipv4',
  'portal-resolvers-disagree',
]);

function withChain(check: PortalCheck, { answers, findings, at }: Tried): PortalCheck {
  return {
    ...check,
    chain: { ...check.chain, checkedAt: at, resolvers: [...answers] },
    findings: [...check.findings.filter(({ code }) => !OF_THE_CHAIN.has(code)), ...findings],
  };
}

async function tryAll(portal: Portal, { config, bundles }: LoadedConfig, { io, messages }: Invocation): Promise<Tried> {
  const resolvers = config.agent?.portal.resolvers ?? [];
  if (resolvers.length === 0) throw new AppError('config-invalid', messages.portal.noResolvers, { retryable: false });
  const stopping = new AbortController();
  // Every question in flight listens to it.
  setMaxListeners(0, stopping.signal);
  const stop = (): void => {
    stopping.abort();
  };
  io.signals.on('SIGTERM', stop).on('SIGINT', stop);
  const probes = makeProbes();
  const resolve = makeResolver({ resolvers, timeoutMs: PROBE_MS });
  const domain = portal.domain.toLowerCase();
  try {
    const answers = answersOf(await resolve(domain, stopping.signal));
    const reached = await reachGarden({
      portal,
      bundles,
      resolve,
      reach: (address, domain, options) => probes.reachPortal(address, domain, options),
      options: { timeoutMs: PROBE_MS, signal: stopping.signal },
    });
    const adminHosts = config.agent === undefined ? [] : portalRulesOf(config.agent, null).adminHosts;
    const cnameTargets = portal.cnameTargets.map((host) => host.toLowerCase());
    const { findings } = judgeChain(answers, { domain, cnameTargets, adminHosts });
    return { reached, answers, findings, at: formatInstant(Date.now()) };
  } finally {
    io.signals.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

function headLines(check: PortalCheck, { messages }: Invocation): readonly string[] {
  const texts = messages.portal;
  const { chain, awaited, cnameTargets } = check;
  // An address that several of the portal's domains had is one address.
  const own = [...new Set(check.addresses.filter(({ use }) => use === 'portal').map(({ address }) => address))];
  const lines = fields([
    [texts.fields.domain, check.domain],
    [texts.fields.targets, cnameTargets.length === 0 ? texts.any : cnameTargets.join(', ')],
    [texts.fields.leadsTo, check.leadsTo ?? check.domain],
    ...(awaited === null
      ? []
      : [[texts.fields.awaited, texts.awaits(awaited.domain, awaited.positive, awaited.needed)] as const]),
    [texts.fields.checked, askedAt(chain.checkedAt, messages)],
    [texts.fields.addresses, own.length === 0 ? '–' : own.join(' ')],
  ]);
  if (chain.resolvers.length === 0) return lines;
  const { resolver, says, way } = texts.columns;
  const rows = chain.resolvers.map((one) => [
    one.resolver,
    texts.outcomes[one.outcome],
    one.detail === null ? [...one.chain, one.addresses.join(' ')].join(' → ') : messages.told(one.detail),
  ]);
  return [...lines, '', ...table([resolver, says, way], rows)];
}

/** How old the answer is belongs to it: DNS may have changed since. */
function askedAt(checkedAt: string | null, { portal: texts }: Invocation['messages']): string {
  if (checkedAt === null) return texts.never;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(checkedAt)) / 1000));
  return texts.askedAt(timeOf(checkedAt) ?? '', seconds);
}

function gardenLines({ garden }: PortalCheck, { messages }: Invocation): readonly string[] {
  if (garden.length === 0) return [];
  const { columns, standings, addresses, wildcard } = messages.portal;
  const rows = garden.flatMap(({ entry, hosts }) =>
    hosts.map((one) => [
      entry,
      one.host,
      standings[one.standing ?? 'own'],
      one.host.startsWith('*.') ? wildcard : addresses(one.addresses.length),
      one.purpose?.[messages.language] ?? '',
    ]),
  );
  return ['', ...table([columns.entry, columns.host, columns.standing, columns.known, columns.purpose], rows)];
}

function reachLines(reached: readonly HostReach[], { messages }: Invocation): readonly string[] {
  const { columns, standings, reached: words } = messages.portal;
  const rows = reached.map(({ host, use, standing, outcome, detail }) => [
    host,
    use === 'portal' ? 'portal' : standings[standing ?? 'own'],
    words[outcome],
    messages.told(detail ?? ''),
  ]);
  return ['', ...table([columns.host, columns.standing, columns.says, ''], rows)];
}

function tellFindings(findings: readonly Finding[], invocation: Invocation): void {
  if (findings.length > 0) say(invocation, '');
  for (const one of findings) for (const line of findingLines(one, invocation)) say(invocation, line);
}
