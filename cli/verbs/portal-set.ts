import { portalOf, portalRulesOf } from '../../agent/from-config.ts';
import { checkPortal } from '../../control/core/check-subscriber.ts';
import { ignoredConfig } from '../../control/core/portal-check.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { Portal } from '../../schemas/portal.ts';
import { NEVER_PUT } from '../../store/ports.ts';
import { isAgreed } from '../ask.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, type Invocation } from '../invocation.ts';
import { findingLines } from '../show-finding.ts';
import { atSiteDesk, checked, refuse, wrongInput, type SiteDesk } from '../site-desk.ts';
import { showOperation, type SiteWait } from '../site-operation.ts';
import { fields, printable } from '../table.ts';

/** What to set. A list is the whole list, false the empty one; what is not given stays as it is in force. */
export interface PortalGiven {
  readonly domain?: string;
  readonly cnameTarget?: readonly string[] | false;
  readonly address?: readonly string[] | false;
  readonly garden?: readonly string[] | false;
}

interface InForce {
  /** Null where there is none yet. */
  readonly portal: Portal | null;
  /** As `If-Match`: what is shown is what is changed. */
  readonly revision: number;
}

const check = validatorOf(Portal);
const OPTION_NAMES = {
  domain: '--domain',
  cnameTargets: '--cname-target',
  addresses: '--address',
  walledGarden: '--garden',
};

/** Sets the portal as PUT /v1/portal does: shows what changes, asks, and waits until it is verified or held. */
export async function setPortal(
  invocation: Invocation,
  given: PortalGiven,
  { yes, ...options }: SiteWait & { readonly yes: boolean },
): Promise<ExitCode> {
  const { io, messages } = invocation;
  const texts = messages.portal.set;
  const isNothing = [given.domain, given.cnameTarget, given.address, given.garden].every((one) => one === undefined);
  if (isNothing) throw wrongInput(texts.nothingGiven);
  return atSiteDesk(invocation, async (desk) => {
    const before = await inForce(desk);
    const portal = wanted(before.portal, given, desk, invocation);
    const changes = changesOf(before.portal, portal, invocation);
    if (changes.length === 0) {
      say(invocation, texts.nothingChanges);
      return EXIT.ok;
    }
    const lines = [...changes, ...(await ledElsewhere(before.portal, portal, desk, invocation))];
    // JSON goes to stdout alone.
    for (const line of lines) io[options.json ? 'stderr' : 'stdout'].write(`${printable(line)}\n`);
    if (!yes) {
      if (!io.isInputTerminal) throw wrongInput(texts.needsYes);
      if (!(await isAgreed(io, texts.ask))) {
        say(invocation, texts.left);
        return EXIT.failed;
      }
    }
    const { operation } = await desk.accept({ kind: 'portal', portal }, { ifMatch: before.revision });
    tellIgnored(portal, desk, invocation);
    return showOperation(invocation, desk, operation, options);
  });
}

/** What was PUT or set, else what the configuration says. */
async function inForce({ store, loaded }: SiteDesk): Promise<InForce> {
  const stored = await store.readPortal();
  if (stored !== null) return stored;
  const { agent } = loaded.config;
  return { portal: agent === undefined ? null : portalOf(agent), revision: NEVER_PUT };
}

function wanted(
  before: Portal | null,
  { domain = before?.domain, cnameTarget, address, garden }: PortalGiven,
  { loaded }: SiteDesk,
  invocation: Invocation,
): Portal {
  if (domain === undefined) throw wrongInput(invocation.messages.portal.set.needsDomain);
  const listOf = (list: readonly string[] | false | undefined, now: readonly string[] = []): readonly string[] =>
    list === undefined ? now : list === false ? [] : list;
  const document = {
    domain,
    cnameTargets: listOf(cnameTarget, before?.cnameTargets),
    addresses: listOf(address, before?.addresses),
    walledGarden: listOf(garden, before?.walledGarden),
  };
  const bundles = loaded.bundles.map(({ name }) => name);
  const { value, faults } = checkPortal(checked(check, document, OPTION_NAMES, invocation), bundles);
  refuse(faults, OPTION_NAMES, invocation);
  return value;
}

/** `domain  a → b`, `walled garden  + c  - d`; no line for what stays. */
function changesOf(before: Portal | null, after: Portal, { messages }: Invocation): readonly string[] {
  const texts = messages.portal;
  const spelled = (text: string): string => text.toLowerCase();
  const listChange = (was: readonly string[] = [], is: readonly string[]): string => {
    const [known, now] = [new Set(was.map(spelled)), new Set(is.map(spelled))];
    const added = [...now].filter((one) => !known.has(one)).map((one) => `+ ${one}`);
    const removed = [...known].filter((one) => !now.has(one)).map((one) => `- ${one}`);
    return [...added, ...removed].join('  ');
  };
  const isMoved = spelled(before?.domain ?? '') !== after.domain;
  const changed = [
    [texts.fields.domain, isMoved ? `${before?.domain ?? '–'} → ${after.domain}` : ''],
    [texts.fields.targets, listChange(before?.cnameTargets, after.cnameTargets)],
    [texts.fields.addresses, listChange(before?.addresses, after.addresses)],
    [texts.columns.entry, listChange(before?.walledGarden, after.walledGarden)],
  ] as const;
  const told = changed.filter(([, change]) => change !== '');
  return told.length === 0 ? [] : fields(told);
}

async function ledElsewhere(
  before: Portal | null,
  after: Portal,
  { store, loaded }: SiteDesk,
  { messages }: Invocation,
): Promise<readonly string[]> {
  const { agent } = loaded.config;
  if (agent === undefined || before?.domain.toLowerCase() === after.domain) return [];
  const { cutoffs, notices } = await store.counts();
  return [messages.portal.set.leads(after.domain, cutoffs, notices, portalRulesOf(agent, null).checks)];
}

/** The file still says something else: whoever reads it next should not be misled. */
function tellIgnored(portal: Portal, { loaded }: SiteDesk, invocation: Invocation): void {
  const { agent } = loaded.config;
  for (const one of ignoredConfig(portal, agent === undefined ? null : portalOf(agent)))
    for (const line of findingLines(one, invocation)) invocation.io.stderr.write(`${line}\n`);
}
