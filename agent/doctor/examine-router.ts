import { parseAddress } from '../../schemas/address.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { DoctorReport } from '../../schemas/doctor.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { AgentStore, DesiredView } from '../../store/ports.ts';
import { byGravity, examine } from '../core/doctor/examine.ts';
import { answered, type DoctorFacts, type LinkFacts, type PeerFacts, type TlsFacts } from '../core/doctor/facts.ts';
import { isTrue } from '../core/row.ts';
import type { RouterSettings } from '../core/settings.ts';
import { detectDialect } from '../observe.ts';
import type { Clock, ConnectRouter, ResolveHost, RouterSession, RouterTarget } from '../ports.ts';
import { askRouter } from './ask-router.ts';
import type { DoctorProbes, ProbeOptions } from './ports.ts';
import { selfTest } from './self-test.ts';

/** All of one doctor together; what was not seen by then is told so. */
const DEADLINE_MS = 120_000;
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
  readonly signal: AbortSignal;
}

/**
 * Looks one router over on a session of its own, and says what is wrong. Whatever fails is a finding; it rejects when it is
 * stopped, and with the store's errors. It writes nothing to the router, unless a self-test is asked for.
 */
export async function examineRouter(deps: DoctorDeps, isSelfTest: boolean): Promise<DoctorReport> {
  const over = new AbortController();
  const deadline = new AbortController();
  const signal = AbortSignal.any([deps.signal, deadline.signal]);
  const timer = deps.clock.sleep(DEADLINE_MS, AbortSignal.any([deps.signal, over.signal])).then(
    () => {
      deadline.abort();
    },
    () => undefined,
  );
  try {
    return await look({ ...deps, signal, stop: deps.signal }, isSelfTest);
  } finally {
    over.abort();
    await timer;
  }
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
    const tested =
      isSelfTest && session !== null && !deps.signal.aborted ? await testItself(seen, session, deps) : null;
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
  const addresses = view.portalAddresses
    .filter(({ use }) => use === 'portal')
    .flatMap(({ address }) => parseAddress(address) ?? [])
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
  const { target, commandTimeoutMs, signal } = deps;
  try {
    const session = await deps.connect(target, { connectTimeoutMs: commandTimeoutMs, commandTimeoutMs, signal });
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
  return selfTest(facts, {
    session,
    dialect: await detectDialect(session, version, { commandTimeoutMs, signal }),
    commandTimeoutMs,
    askProxy: () => deps.probes.askProxy(deps.target.host, facts.settings.port, probeOptions(deps)),
    signal,
  });
}

function probeOptions({ commandTimeoutMs, signal }: DoctorDeps): ProbeOptions {
  return { timeoutMs: Math.min(PROBE_MS, commandTimeoutMs), signal };
}

function tlsOf({ tls }: RouterTarget): TlsFacts {
  return tls.kind === 'pin' ? { kind: 'pin', sha256: tls.sha256 } : { kind: tls.kind };
}
