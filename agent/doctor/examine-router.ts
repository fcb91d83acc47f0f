import { parseAddress } from '../../schemas/address.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { DoctorReport } from '../../schemas/doctor.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { AgentStore, DesiredView } from '../../store/ports.ts';
import { byGravity, examine } from '../core/doctor/examine.ts';
import { answered, type DoctorFacts, type LinkFacts, type PeerFacts, type TlsFacts } from '../core/doctor/facts.ts';
import { isTrue } from '../core/row.ts';
import type { Dialect, RouterSettings } from '../core/settings.ts';
import { detectDialect } from '../observe.ts';
import type { Clock, ConnectRouter, ResolveHost, RouterSession, RouterTarget } from '../ports.ts';
import type { RouterTurn } from '../router-turn.ts';
import { askAgain, askRouter } from './ask-router.ts';
import type { DoctorProbes, ProbeOptions } from './ports.ts';
import { onSelfTestTurn } from './self-test-turn.ts';
import { notMade, selfTest } from './self-test.ts';
import { within } from './within.ts';

/** All of one doctor together; what was not seen by then is told so. */
export const DEADLINE_MS = 120_000;
/** A port that drops what is sent there is silent for ever. */
const PROBE_MS = 3000;
/** Addresses of the portal that are tried: a CDN may have dozens. */
const MOST_ADDRESSES = 8;

export interface DoctorDeps {
  readonly target: RouterTarget;
  readonly settings: RouterSettings;
  /** The configured portal: in force until the platform sends one. */
  readonly portal: Portal;
  readonly connect: ConnectRouter;
  readonly probes: DoctorProbes;
  /** Null where the configuration names no resolver. */
  readonly resolve: ResolveHost | null;
  readonly store: Pick<AgentStore, 'desiredFor'>;
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
  /** Taken by what a self-test writes; nothing else of the doctor is in the way of a pass. */
  readonly turn: RouterTurn;
  readonly signal: AbortSignal;
}

/**
 * Looks one router over on a session of its own, and says what is wrong. Whatever fails is a finding; it rejects when it is
 * stopped, and with the store's errors. It writes nothing to the router, unless a self-test is asked for. Passes go on
 * meanwhile, and a command that hangs breaks no session but its own.
 */
export function examineRouter(deps: DoctorDeps, isSelfTest: boolean): Promise<DoctorReport> {
  return within(DEADLINE_MS, deps.signal, deps.clock, (signal) =>
    look({ ...deps, signal, stop: deps.signal }, isSelfTest),
  );
}

/** `signal` fires when time is up too, `stop` only when we are told to stop. */
interface LookDeps extends DoctorDeps {
  readonly stop: AbortSignal;
}

/** What a probe said, or null when time was up. */
async function inTime<Result>(work: Promise<Result>, { stop, signal }: LookDeps): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (stop.aborted || !signal.aborted) throw error;
    return null;
  }
}

async function look(deps: LookDeps, isSelfTest: boolean): Promise<DoctorReport> {
  const view = await deps.store.desiredFor(deps.settings.router);
  const around = await lookAround(view, deps);
  const { session, link } = await reach(deps);
  try {
    const peer = await peerOf(link, deps);
    const answers = session === null ? new Map() : await askRouter(session, deps);
    const facts: DoctorFacts = { ...around, link, peer, answers, now: deps.clock.now() };
    const seen: DoctorFacts = { ...facts, proxyAnswer: await activeAnswer(facts, deps) };
    const findings = examine(seen);
    const tested = isSelfTest && session !== null ? await testItself(seen, session, deps) : null;
    return {
      checkedAt: new Date(deps.clock.now()).toISOString(),
      reachable: session !== null,
      version: answered(seen, 'resource')[0]?.get('version') ?? null,
      findings: [...byGravity([...findings, ...(tested?.findings ?? [])])],
      redirect: tested?.redirect ?? null,
    };
  } finally {
    await session?.close();
  }
}

/** What does not need the router: the desired state, the portal, the resolvers. */
async function lookAround(
  view: DesiredView,
  deps: LookDeps,
): Promise<Omit<DoctorFacts, 'link' | 'peer' | 'answers' | 'now'>> {
  const { target, settings, signal } = deps;
  const domain = (view.portal ?? deps.portal).domain;
  const options = probeOptions(deps);
  // An address of a domain that was left answers under that name, and need not know this one.
  const hosts = new Set([domain.toLowerCase(), 'config']);
  const own = view.portalAddresses.filter(({ use, host }) => use === 'portal' && hosts.has(host));
  const addresses = [...new Set(own.map(({ address }) => address))]
    .flatMap((address) => parseAddress(address) ?? [])
    .filter(({ family, length }) => length === (family === 4 ? 32 : 128))
    .slice(0, MOST_ADDRESSES);
  const [portal, resolved] = await Promise.all([
    Promise.all(addresses.map(({ text }) => inTime(deps.probes.reachPortal(text, domain, options), deps))),
    deps.resolve === null ? [] : inTime(deps.resolve(domain, signal), deps),
  ]);
  const { subscribers } = view;
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    tls: tlsOf(target),
    settings,
    isInAdoption: view.adoption !== null,
    proxyAnswer: null,
    domain,
    portal: portal.filter((one) => one !== null),
    resolvers: (resolved ?? []).map((one) => ({
      resolver: one.resolver,
      isAnswer: one.kind === 'answer' && one.addresses.length > 0,
      why: one.kind === 'answer' ? 'no address' : one.detail === '' ? one.kind : `${one.kind}: ${one.detail}`,
    })),
    site: {
      subscribers: subscribers.length,
      withIpv6: subscribers.filter(({ subscriber }) => subscriber.addresses.some((text) => text.includes(':'))).length,
      pages: subscribers.filter(({ cutoff, notices }) => cutoff !== null || Object.keys(notices).length > 0).length,
    },
  };
}

async function reach(deps: LookDeps): Promise<{ readonly session: RouterSession | null; readonly link: LinkFacts }> {
  const { target, signal } = deps;
  try {
    const session = await logIn(deps);
    return { session, link: { kind: 'up' } };
  } catch (error) {
    if (deps.stop.aborted || !(error instanceof AppError)) throw error;
    if (signal.aborted) return { session: null, link: { kind: 'down', stop: 'timeout', why: error.message } };
    const { code, message: why } = error;
    if (code === 'router-login-refused') return { session: null, link: { kind: 'down', stop: 'login', why } };
    const knocked = await inTime(deps.probes.knock(target, probeOptions(deps)), deps);
    if (knocked !== null && (code !== 'router-timeout' || knocked.stop !== 'tls'))
      return { session: null, link: knocked };
    // TCP stands: the peer was not the one expected, said nothing, or ended the login.
    const stop = code === 'router-tls' ? 'tls' : code === 'router-timeout' ? 'mute' : 'closed';
    return { session: null, link: { kind: 'down', stop, why } };
  }
}

/**
 * What ends connecting would end the session too, and with it the means to take a self-test's rows off: so our signal is
 * heard only until the login is over. Every command has it, and who looked closes the session.
 */
async function logIn({ connect, target, commandTimeoutMs, signal }: LookDeps): Promise<RouterSession> {
  const connecting = new AbortController();
  const onAbort = (): void => {
    connecting.abort();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await connect(target, {
      connectTimeoutMs: commandTimeoutMs,
      commandTimeoutMs,
      signal: connecting.signal,
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A TLS port is met once more, whether the session stands or not: a pin looks at no date. */
async function peerOf(link: LinkFacts, deps: LookDeps): Promise<PeerFacts | null> {
  if (deps.target.tls.kind === 'plain') return null;
  if (link.kind === 'down' && link.stop !== 'tls' && link.stop !== 'login') return null;
  return inTime(deps.probes.meet(deps.target, probeOptions(deps)), deps);
}

/** This box is not cut: nothing on the proxy's port may answer it. */
async function activeAnswer(facts: DoctorFacts, deps: LookDeps): Promise<DoctorFacts['proxyAnswer']> {
  if (!isTrue(answered(facts, 'proxy')[0]?.get('enabled'))) return null;
  return inTime(deps.probes.askProxy(deps.target.host, facts.settings.port, probeOptions(deps)), deps);
}

async function testItself(
  facts: DoctorFacts,
  session: RouterSession,
  deps: LookDeps,
): Promise<Awaited<ReturnType<typeof selfTest>>> {
  const { commandTimeoutMs, signal } = deps;
  const version = answered(facts, 'resource')[0]?.get('version') ?? '';
  let dialect: Dialect;
  try {
    dialect = await detectDialect(session, version, { commandTimeoutMs, signal });
  } catch (error) {
    if (deps.stop.aborted || !(error instanceof AppError)) throw error;
    return notMade('late');
  }
  return selfTest(facts, {
    session,
    dialect,
    commandTimeoutMs,
    again: (seen, own) => askAgain(session, ['access', 'filter'], seen, { ...deps, signal: own }),
    askProxy: (own) =>
      deps.probes.askProxy(deps.target.host, facts.settings.port, { ...probeOptions(deps), signal: own }),
    alone: (work) => onSelfTestTurn({ ...deps, session }, work),
    stop: deps.stop,
  });
}

function probeOptions({ commandTimeoutMs, signal }: DoctorDeps): ProbeOptions {
  return { timeoutMs: Math.min(PROBE_MS, commandTimeoutMs), signal };
}

function tlsOf({ tls }: RouterTarget): TlsFacts {
  return tls.kind === 'pin' ? { kind: 'pin', sha256: tls.sha256 } : { kind: tls.kind };
}
