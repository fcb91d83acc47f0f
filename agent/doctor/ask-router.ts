import { AppError, describeError } from '../../schemas/app-error.ts';
import { QUESTIONS, type Answer, type Question } from '../core/doctor/facts.ts';
import { propertyList } from '../core/menus.ts';
import type { Row } from '../core/row.ts';
import type { RouterSettings } from '../core/settings.ts';
import type { RouterSession } from '../ports.ts';

/** How much longer than a command the read of an address-list may take, whose size nobody knows. */
const LIST_FACTOR = 6;
const LISTS: ReadonlySet<Question> = new Set(['lists', 'lists6']);
const ALL = Object.keys(QUESTIONS).filter((name): name is Question => name in QUESTIONS);

export interface AskOptions {
  readonly settings: RouterSettings;
  readonly commandTimeoutMs: number;
  /** Fires when time is up: what was not asked by then was not seen. */
  readonly signal: AbortSignal;
  /** Fires when we are told to stop. */
  readonly stop: AbortSignal;
}

/**
 * Asks everything that matters here, one question after the other: a doctor is in no hurry, and the router has other work. Each may fail by
 * itself. Rejects when it is stopped by us.
 */
export async function askRouter(session: RouterSession, options: AskOptions): Promise<ReadonlyMap<Question, Answer>> {
  const answers = new Map<Question, Answer>();
  const isAsked = (one: Question): boolean =>
    !LISTS.has(one) && (one !== 'dhcpServers' || options.settings.phoneDhcp !== undefined);
  for (const question of ALL.filter(isAsked)) answers.set(question, await ask(session, question, undefined, options));
  const queries = listQuery(answers, options.settings);
  for (const question of LISTS) answers.set(question, await ask(session, question, queries, options));
  return answers;
}

/** What was seen, with these questions asked anew: other work may have gone on since. */
export async function askAgain(
  session: RouterSession,
  questions: readonly Exclude<Question, 'lists' | 'lists6'>[],
  answers: ReadonlyMap<Question, Answer>,
  options: AskOptions,
): Promise<ReadonlyMap<Question, Answer>> {
  const newer = new Map(answers);
  for (const question of questions) newer.set(question, await ask(session, question, undefined, options));
  return newer;
}

async function ask(
  session: RouterSession,
  question: Question,
  queries: readonly string[] | undefined,
  { commandTimeoutMs, signal, stop }: AskOptions,
): Promise<Answer> {
  stop.throwIfAborted();
  const { menu } = QUESTIONS[question];
  const properties = propertiesOf(question);
  const attributes = properties === '' ? {} : { '.proplist': properties };
  const timeoutMs = LISTS.has(question) ? commandTimeoutMs * LIST_FACTOR : commandTimeoutMs;
  try {
    const command = { path: `${menu}/print`, attributes, ...(queries === undefined ? {} : { queries }) };
    const { rows } = await session.run(command, { timeoutMs, signal });
    return { kind: 'rows', rows };
  } catch (error) {
    if (stop.aborted) throw error;
    if (error instanceof AppError && error.code === 'router-no-such-command') return { kind: 'absent' };
    if (signal.aborted) return { kind: 'unseen', code: 'router-timeout', why: 'the time for one doctor was up' };
    const code = error instanceof AppError ? error.code : 'internal';
    return { kind: 'unseen', code, why: describeError(error) };
  }
}

function propertiesOf(question: Question): string {
  switch (question) {
    case 'access':
      return propertyList('/ip/proxy/access');
    case 'filter':
      return propertyList('/ip/firewall/filter');
    case 'nat':
      return propertyList('/ip/firewall/nat');
    case 'filter6':
      return propertyList('/ipv6/firewall/filter');
    default:
      return QUESTIONS[question].properties;
  }
}

/** The lists that matter: of the cut and the noticed, and those that a rule looks at. */
function listQuery(answers: ReadonlyMap<Question, Answer>, { lists }: RouterSettings): readonly string[] {
  const names = new Set([lists.cutoff, lists.notice]);
  for (const question of ['filter', 'nat', 'filter6'] as const) {
    const answer = answers.get(question);
    const rows: readonly Row[] = answer?.kind === 'rows' ? answer.rows : [];
    for (const row of rows) {
      for (const property of ['src-address-list', 'dst-address-list'])
        names.add((row.get(property) ?? '').replace(/^!/, ''));
    }
  }
  names.delete('');
  return [...names].flatMap((name, at) => (at === 0 ? [`list=${name}`] : [`list=${name}`, '#|']));
}
