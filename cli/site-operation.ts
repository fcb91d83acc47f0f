import { parseInstant } from '../control/core/instant.ts';
import { maskOperation } from '../control/core/mask-answers.ts';
import { AppError } from '../schemas/app-error.ts';
import type { Finding } from '../schemas/finding.ts';
import { heldUnderOf } from '../schemas/held-under.ts';
import type { ControlStore } from '../store/ports.ts';
import { isSettled, type Evidence, type Operation } from '../schemas/operation.ts';
import { AwayWatch, awayLines, routersAway } from './away.ts';
import { codeOf as codeOfState, type WaitOptions } from './await-operation.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { follow } from './follow.ts';
import { laterLines, laterOf } from './held-later.ts';
import { say, sayJson, type Invocation } from './invocation.ts';
import { Progress } from './progress.ts';
import { fillIn, reasonText } from './reasons.ts';
import { inLanguage } from './show-finding.ts';
import type { SiteDesk } from './site-desk.ts';
import { printable } from './table.ts';
import { timeOf } from './times.ts';

export interface SiteWait extends WaitOptions {
  readonly wait: boolean;
  /** When it is to begin, where that lies ahead: nothing to wait for, and no failure. */
  readonly begins?: string | undefined;
}

/**
 * Shows an operation of the agent's: each state as it comes, then the evidence in words, or the reason and what to do.
 * Exit codes as `apply`: 0 verified or accepted for later, 1 failed, 69 while a router that it needs is away, 75 held or not done yet.
 */
export async function showOperation(
  invocation: Invocation,
  desk: SiteDesk,
  accepted: Operation | null,
  { json, timeoutSeconds, wait, begins }: SiteWait,
): Promise<ExitCode> {
  if (accepted === null) throw new AppError('internal', 'the store gave no operation', { retryable: false });
  const { desk: texts, site } = invocation.messages;
  const progress = new Progress(json ? null : invocation.io);
  const seen = { states: 0, done: -1 };
  const tell = ({ subject, history, result }: Operation): void => {
    for (const { state } of history.slice(seen.states)) progress.step(site.progress(subject, site.states[state]));
    seen.states = history.length;
    const [done, total] = [result?.['done'], result?.['total']];
    if (typeof done !== 'number' || typeof total !== 'number' || total === 0 || done === seen.done) return;
    seen.done = done;
    progress.step(site.reissued(subject, done, total));
  };
  const isWaiting = wait && begins === undefined && desk.isDoerRunning && !isSettled(accepted.state);
  if (!isWaiting) tell(accepted);
  const routers = isWaiting ? await routersOf(desk, accepted) : [];
  const raw = isWaiting ? await followHere(desk, accepted, routers, timeoutSeconds, tell) : accepted;
  progress.end();
  const operation = maskOperation(raw);
  const away = isWaiting && !isSettled(raw.state) ? await routersAway(desk.store, routers) : [];
  const code = endCode(operation, { isAway: away.length > 0, isLater: begins !== undefined });
  if (json) {
    sayJson(invocation, operation);
    return code;
  }
  for (const line of await causeLines(invocation, desk.store, operation)) say(invocation, line);
  if (begins !== undefined) say(invocation, site.beginsAt(operation.subject, begins));
  if (!isSettled(operation.state)) {
    if (!desk.isDoerRunning) say(invocation, texts.notRunning[desk.doer]);
    else if (away.length > 0) {
      for (const router of away)
        for (const line of awayLines(invocation.messages, router)) say(invocation, printable(line));
      say(invocation, site.doneOnceBack);
    } else if (isWaiting) say(invocation, texts.stillOpen(desk.doer, timeoutSeconds));
    else say(invocation, site.accepted(operation.subject, operation.id));
  }
  return code;
}

/** The routers that have to do with an operation: the subscriber's, the one it names, or all. */
async function routersOf({ store, routers }: SiteDesk, { subject }: Operation): Promise<readonly string[]> {
  const [noun = '', id = ''] = subject.split('/');
  if (noun === 'router') return [id];
  const router = noun === 'subscriber' ? (await store.readSubscriber(id))?.record.subscriber.router : undefined;
  return router === undefined ? routers.map((one) => one.id) : [router];
}

/** Where one router alone is asked and stays away there is nothing to wait for. */
function followHere(
  { store }: SiteDesk,
  accepted: Operation,
  routers: readonly string[],
  timeoutSeconds: number,
  tell: (operation: Operation) => void,
): Promise<Operation> {
  const [only] = routers;
  if (only === undefined || routers.length > 1) return follow(store, accepted, timeoutSeconds, tell);
  const watch = new AwayWatch(store, only);
  return follow(store, accepted, timeoutSeconds, tell, () => watch.isAway());
}

/** What is accepted for later is done as asked, and a script that tried again would only ask twice. */
function endCode(operation: Operation, { isAway, isLater }: { isAway: boolean; isLater: boolean }): ExitCode {
  if (isAway) return EXIT.unreachable;
  return isLater && !isSettled(operation.state) ? EXIT.ok : codeOf(operation);
}

/** The time that an instruction names for its beginning, while it lies ahead. */
export function laterThanNow(begins: string | undefined): string | undefined {
  return begins !== undefined && (parseInstant(begins) ?? 0) > Date.now() ? begins : undefined;
}

/**
 * A release that let through less than it names has failed for whoever asked, though the agent is done with it; one that
 * left whom nobody was shown is to be asked again.
 */
function codeOf(operation: Operation): ExitCode {
  if (operation.kind === 'release' && unknownOf(operation).length > 0) return EXIT.failed;
  return laterOf(operation).length > 0 ? EXIT.tryAgain : codeOfState(operation);
}

/** What a release names and nobody holds: not those of which some were only not shown. */
function unknownOf(operation: Operation): readonly unknown[] {
  const later = new Set<unknown>(laterOf(operation).map((one) => one.operation));
  const unknown: unknown = operation.result?.['unknown'];
  return Array.isArray(unknown) ? unknown.filter((id) => !later.has(id)) : [];
}

/** The same, with what the last look at the router says of the cause: its findings, and how far its adoption is. */
export async function causeLines(
  invocation: Invocation,
  store: Pick<ControlStore, 'routerAdoption' | 'routerStatuses'>,
  operation: Operation,
): Promise<readonly string[]> {
  const { messages } = invocation;
  const evidence = operation.history.at(-1)?.evidence ?? {};
  const [noun, name] = operation.subject.split('/');
  const router = typeof evidence['router'] === 'string' ? evidence['router'] : noun === 'router' ? name : undefined;
  if (operation.reason === undefined || router === undefined) return endLines(invocation, operation);
  const adoption = operation.reason === 'router-not-managed' ? await store.routerAdoption(router) : null;
  const lines = endLines(invocation, operation, adoption !== null && adoption.step !== 'observe');
  const codes = Array.isArray(evidence['findings']) ? evidence['findings'].map((code) => plain(code)) : [];
  if (codes.length === 0) return lines;
  const status = (await store.routerStatuses()).find(({ id }) => id === router);
  const found = (status?.findings ?? []).filter(({ code }) => codes.includes(code));
  return [...lines, ...found.flatMap((one) => findingLines(one, messages))];
}

function findingLines(finding: Finding, { doctor, language, site }: Invocation['messages']): readonly string[] {
  const { detail, remedy } = inLanguage(finding, language);
  return [
    `  ${printable(`${doctor.severities[finding.severity]} (${finding.code}): ${detail}`)}`,
    ...(remedy === undefined ? [] : [`    ${site.todo(printable(remedy))}`]),
  ];
}

/** What a person wants to know of an operation that is settled: what proves it, or why not and what to do. */
function endLines({ messages }: Invocation, operation: Operation, isInAdoption = false): readonly string[] {
  const { site, language } = messages;
  const evidence = operation.history.at(-1)?.evidence ?? {};
  const lines: string[] = [];
  if (operation.reason !== undefined) {
    const text = reasonText(operation.reason, language, isInAdoption);
    lines.push(site.heldBy(operation.reason, text?.what ?? ''));
    const detail = detailOf(evidence);
    if (detail !== null) lines.push(site.detail(printable(detail)));
    const under = operation.reason === 'brake' ? heldUnderOf(evidence) : [];
    if (under.length > 0) lines.push(site.todo(printable(messages.held.heldUnder(under))));
    else if (text !== null) lines.push(site.todo(printable(fillIn(text.todo, operation))));
  } else if (operation.state === 'verified') lines.push(...proofOf(messages.site, evidence));
  const later = laterOf(operation);
  const result =
    later.length === 0 ? operation.result : { ...operation.result, unknown: unknownOf(operation), later: [] };
  for (const [name, value] of Object.entries(result ?? {})) {
    const isEmpty = Array.isArray(value) && value.length === 0;
    // Told below, in words.
    const isLeftOut = name === 'leftOut' || (name === 'routers' && /^(portal|reissue)$/.test(operation.kind));
    if (!isEmpty && !isLeftOut)
      lines.push(site.result(site.results[name] ?? name, printable(inWords(value, site.results))));
  }
  lines.push(...laterLines(messages, later).map(printable));
  for (const [router, mode] of leftOutOf(operation)) lines.push(site.leftOut(printable(router), printable(mode)));
  return lines.map((line) => `  ${line}`);
}

/** The routers to which a change of the portal wrote nothing, or not all, with the mode that kept it from them. One router's result is the whole's, several are told apart. */
export function leftOutOf({
  result,
  history,
}: Pick<Operation, 'result' | 'history'>): readonly (readonly [string, string])[] {
  const only = history.at(-1)?.evidence?.['router'];
  const parts = isEvidence(result?.['routers'])
    ? Object.entries(result['routers'])
    : [[typeof only === 'string' ? only : '', result] as const];
  return parts.flatMap(([router, part]) => {
    const mode = isEvidence(part) ? part['leftOut'] : undefined;
    return typeof mode === 'string' ? [[router, mode] as const] : [];
  });
}

function isEvidence(value: unknown): value is Evidence {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function proofOf(site: Invocation['messages']['site'], evidence: Evidence): readonly string[] {
  const { router, version, readAt, rows } = evidence;
  if (typeof router !== 'string') return [];
  const at = timeOf(typeof readAt === 'string' ? readAt : null) ?? '';
  const head = site.readBack(router, typeof version === 'string' ? version.replace(/ \(.*/, '') : null, at);
  if (!Array.isArray(rows)) return [head];
  if (rows.length === 0) return [head, `  ${site.noRowLeft}`];
  return [head, ...rows.map((row: unknown) => `  ${rowLine(row, site.words.notOurs)}`)];
}

/** `/ip firewall address-list *5  100.64.0.5`, as an engineer finds it. */
export function rowLine(row: unknown, notOurs: string): string {
  const has = new Map<string, unknown>(typeof row === 'object' && row !== null ? Object.entries(row) : []);
  const field = (name: string): string => {
    const value = has.get(name);
    return typeof value === 'string' ? value : '';
  };
  const menu = field('menu').replace(/(?<=.)\//g, ' ');
  return printable(`${menu} ${field('id')}  ${field('address')}${has.get('foreign') === true ? ` (${notOurs})` : ''}`);
}

function detailOf({ detail, row, list, address, findings }: Evidence): string | null {
  if (typeof detail === 'string') return detail;
  if (typeof row === 'string') return `${row} list=${plain(list)} address=${plain(address)}`;
  return Array.isArray(findings) ? findings.map((one) => plain(one)).join(', ') : null;
}

/** A result for people: of what is told by router or by name, `r0: done 3, total 5`; lists with a space after each comma. */
export function inWords(value: unknown, names: Readonly<Record<string, string>>): string {
  if (!isEvidence(value)) return plain(value, ', ');
  return Object.entries(value)
    .map(([name, one]) => `${names[name] ?? name}${isEvidence(one) ? ':' : ''} ${inWords(one, names)}`)
    .join(Object.values(value).some(isEvidence) ? '; ' : ', ');
}

/** A value of evidence or of an event as a word; the words of a list stand together unless a sentence says otherwise. */
export function plain(value: unknown, separator = ','): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const isWords = value.every((one) => typeof one === 'string');
  return isWords ? value.join(separator) : String(value.length);
}
