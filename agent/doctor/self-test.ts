import { parseAddress, contains } from '../../schemas/address.ts';
import { AppError, describeError } from '../../schemas/app-error.ts';
import type { RedirectForm } from '../../schemas/doctor.ts';
import type { Finding } from '../../schemas/finding.ts';
import { canonicalPorts } from '../core/canonical.ts';
import { pageUrl, redirectTo } from '../core/desired/proxy.ts';
import { answered, isSeen, type DoctorFacts, type ProxyAnswer } from '../core/doctor/facts.ts';
import type { NotMade } from '../core/findings/self-test-texts.ts';
import { finding } from '../core/findings/table.ts';
import { ownerOf, printKey } from '../core/ownership.ts';
import { isTrue } from '../core/row.ts';
import { CHAINS, type Dialect } from '../core/settings.ts';
import { isStale } from '../apply.ts';
import type { RouterSession } from '../ports.ts';
import { ACCESS, FILTER, SELF_TEST_COMMENT, standing, takeOff, type Standing } from './self-test-rows.ts';

export interface SelfTestDeps {
  readonly session: RouterSession;
  readonly dialect: Dialect;
  readonly commandTimeoutMs: number;
  /** The rules that it writes among, read anew. */
  readonly again: (answers: Answers, signal: AbortSignal) => Promise<Answers>;
  readonly askProxy: (signal: AbortSignal) => Promise<ProxyAnswer>;
  /** Does `work` while nobody else of ours writes rules to this router; its signal fires when it must take its rows off. */
  readonly alone: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  /** Fires when we are told to stop. */
  readonly stop: AbortSignal;
}

type Answers = DoctorFacts['answers'];

export interface SelfTestResult {
  readonly findings: readonly Finding[];
  /** What the router wants, where `redirect: auto` left it to the test; else null. */
  readonly redirect: RedirectForm | null;
}

/**
 * Proves the redirect on this box's own address: a proxy row and, only after it, a rule of our input chain that lets this
 * one address in. At no moment is the port open to anybody else, nor to this box without the row that answers for it
 * (I4). Both are removed in any case; what a crash leaves behind the next pass removes, for nobody wants rows of that key.
 * Passes are held up while rows of it stand, and no longer; one that cannot wait is given way to.
 */
export async function selfTest(facts: DoctorFacts, deps: SelfTestDeps): Promise<SelfTestResult> {
  const address = boxAddress(facts);
  const why = hindrance(facts, address);
  if (why !== null || address === null) return notMade(why ?? 'address-unknown');
  const url = `https://${facts.domain ?? 'wisp-edge.invalid'}/wisp-edge-self-test/`;
  const { settings } = facts;
  const form = settings.redirect === 'auto' ? 'full-url' : settings.redirect;
  const first = await attempt(url, form, address, facts, deps);
  if (first.kind !== 'doubled' || settings.redirect !== 'auto') return judged(first, url, form, facts);
  const second = await attempt(url, 'without-scheme', address, facts, deps);
  const { findings, redirect } = judged(second, url, 'without-scheme', facts);
  const doubled = finding('redirect-adds-scheme', { location: first.location, isAuto: true });
  return { findings: [doubled, ...findings], redirect };
}

type Attempt =
  | { readonly kind: 'exact'; readonly status: number; readonly location: string }
  | { readonly kind: 'doubled'; readonly location: string }
  | { readonly kind: 'not-made'; readonly why: NotMade }
  | { readonly kind: 'other'; readonly saw: string };

function judged(attempt: Attempt, url: string, form: RedirectForm, { settings }: DoctorFacts): SelfTestResult {
  const isAuto = settings.redirect === 'auto';
  switch (attempt.kind) {
    case 'exact':
      return {
        findings: [finding('self-test-passed', { status: attempt.status, location: attempt.location })],
        redirect: isAuto ? form : null,
      };
    case 'doubled': {
      const seen = finding('redirect-adds-scheme', { location: attempt.location, isAuto: false }, 'error');
      return { findings: [seen], redirect: null };
    }
    case 'not-made':
      return notMade(attempt.why);
    case 'other':
      return { findings: [finding('self-test-failed', { saw: attempt.saw, wanted: url })], redirect: null };
  }
}

async function attempt(
  url: string,
  form: RedirectForm,
  address: string,
  facts: DoctorFacts,
  deps: SelfTestDeps,
): Promise<Attempt> {
  try {
    return await deps.alone(async (signal) => {
      const look = (): Promise<Attempt | null> => lookAndAsk(url, form, address, facts, deps, signal);
      // Restores and people at the router take no turn.
      return (await look()) ?? (await look()) ?? { kind: 'not-made', why: 'late' };
    });
  } catch (error) {
    // Whoever has no turn by the doctor's deadline begins nothing.
    if (deps.stop.aborted || !(error instanceof AppError && error.code === 'aborted')) throw error;
    return { kind: 'not-made', why: 'late' };
  }
}

/** Null when the rows changed between the look and the write. */
async function lookAndAsk(
  url: string,
  form: RedirectForm,
  address: string,
  facts: DoctorFacts,
  deps: SelfTestDeps,
  signal: AbortSignal,
): Promise<Attempt | null> {
  // Passes went on since it was read: rows to stand before may be gone, or our chain.
  const now = { ...facts, answers: await deps.again(facts.answers, signal) };
  if (!isSeen(now, 'access') || !isSeen(now, 'filter')) return { kind: 'not-made', why: 'late' };
  const why = hindrance(now, address);
  return why === null ? writeAndAsk(url, form, address, now, deps, signal) : { kind: 'not-made', why };
}

async function writeAndAsk(
  url: string,
  form: RedirectForm,
  address: string,
  facts: DoctorFacts,
  deps: SelfTestDeps,
  signal: AbortSignal,
): Promise<Attempt | null> {
  const { session, dialect, askProxy } = deps;
  const { port } = facts.settings;
  const added: Standing[] = [];
  /** True while it is not known whether the last row was added. */
  const last = { isUnsure: false };
  const add = async (menu: string, values: Readonly<Record<string, string>>, before: string): Promise<void> => {
    const place = before === '' ? {} : { 'place-before': before };
    const attributes = { ...values, comment: SELF_TEST_COMMENT, ...place };
    last.isUnsure = true;
    const { ret } = await session.run({ path: `${menu}/add`, attributes }, { signal });
    last.isUnsure = ret === null;
    if (ret !== null) added.unshift({ menu, id: ret });
  };
  try {
    const written = pageUrl(url, { redirect: form });
    const source = { 'src-address': address, 'local-port': String(port) };
    await add(ACCESS, { ...source, ...redirectTo(dialect, written) }, firstId(facts, 'access', null));
    const rule = { chain: CHAINS.input, protocol: 'tcp', 'dst-port': String(port), 'src-address': address };
    await add(FILTER, { ...rule, action: 'accept' }, firstId(facts, 'filter', CHAINS.input));
    return judgeAnswer(await askProxy(signal), url, form);
  } catch (error) {
    if (deps.stop.aborted) throw error;
    // A link that broke says nothing of the proxy.
    if (signal.aborted || !session.isOpen) return { kind: 'not-made', why: 'late' };
    return isStale(error) ? null : { kind: 'other', saw: describeError(error) };
  } finally {
    // No signal stops it, only the end of the turn. A command that failed may have been done all the same.
    await takeOff(last.isUnsure ? await standing(deps) : added, deps);
  }
}

function judgeAnswer(answer: ProxyAnswer, url: string, form: RedirectForm): Attempt {
  if (answer.kind !== 'answered') return { kind: 'not-made', why: 'unreachable' };
  const { status, location } = answer;
  // Without a scheme of ours the router is to put `http://` there, and nothing else.
  const wanted = form === 'full-url' ? url : `http://${pageUrl(url, { redirect: form })}`;
  const isRedirect = status >= 300 && status < 400;
  if (isRedirect && location === wanted) return { kind: 'exact', status, location };
  if (isRedirect && location === `http://${url}`) return { kind: 'doubled', location };
  return { kind: 'other', saw: `${status}${location === null ? '' : ` ${location}`}` };
}

/** As whom the router sees this box: where our user's API sessions come from, if that is one place. */
function boxAddress(facts: DoctorFacts): string | null {
  const from = answered(facts, 'active')
    .filter((row) => row.get('name') === facts.user && /^api/.test(row.get('via') ?? ''))
    .map((row) => parseAddress((row.get('address') ?? '').replace(/^::ffff:/, '')))
    .filter((address) => address?.family === 4)
    .map((address) => address?.text ?? '');
  const [only, ...others] = new Set(from);
  return only === undefined || others.length > 0 ? null : only;
}

function hindrance(facts: DoctorFacts, address: string | null): NotMade | null {
  const { settings } = facts;
  if (settings.mode !== 'manage') return facts.isInAdoption === true ? 'adoption' : 'mode';
  const proxy = answered(facts, 'proxy')[0];
  const mode = answered(facts, 'deviceMode')[0];
  const isBarred = mode !== undefined && !isTrue(mode.get('proxy') ?? 'yes');
  const ports = canonicalPorts(proxy?.get('port') ?? '').split(',');
  if (!isTrue(proxy?.get('enabled')) || isBarred || !ports.includes(String(settings.port))) return 'no-proxy';
  const own = new Set(
    answered(facts, 'filter')
      .map((row) => ownerOf(row))
      .map((key) => key && printKey(key)),
  );
  if (!own.has('jump:input') || !own.has('rule:input-drop')) return 'no-chain';
  const box = address === null ? null : parseAddress(address);
  if (box === null) return 'address-unknown';
  const { cutoff, notice } = settings.lists;
  const isListed = answered(facts, 'lists').some((row) => {
    const range = parseAddress(row.get('address') ?? '');
    return [cutoff, notice].includes(row.get('list') ?? '') && range !== null && contains(range, box);
  });
  return isListed ? 'address-listed' : null;
}

function firstId(facts: DoctorFacts, question: 'access' | 'filter', chain: string | null): string {
  const rows = answered(facts, question);
  return rows.find((row) => chain === null || row.get('chain') === chain)?.get('.id') ?? '';
}

/** Says why there was none. */
export function notMade(why: NotMade): SelfTestResult {
  return { findings: [finding('self-test-not-made', { why })], redirect: null };
}
