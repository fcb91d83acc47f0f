import { doctorOnce } from '../../agent/main.ts';
import { describeError } from '../../schemas/app-error.ts';
import type { AgentConfig } from '../../schemas/config/agent.ts';
import type { DoctorReport, SiteDoctor } from '../../schemas/doctor.ts';
import type { ControlStore } from '../../store/ports.ts';
import { daemonBase, requireSection } from '../agent-options.ts';
import { askDoctor, waitSettled } from '../ask-agent.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { isAgentRunning, openExistingStore } from '../data-folder.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { makeLog } from '../log.ts';
import { chosenRouters } from '../routers.ts';
import { doctorLines, siteDoctorLines } from '../show-doctor.ts';
import { showError } from '../show-error.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly selfTest: boolean;
  readonly timeoutSeconds: number;
}

/** What came of one router: a report, or why there is none. Neither: the agent was not done in time. */
interface Outcome {
  readonly router: string;
  readonly report: DoctorReport | null;
  readonly error: unknown;
}

/** Looks routers over; a router has one writer, so beside a running agent it is asked to. */
export async function doctor(
  invocation: Invocation,
  router: string | undefined,
  options: DoctorOptions,
): Promise<ExitCode> {
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const config = requireSection(loaded.config.agent, 'agent', invocation);
  const routers = chosenRouters(config, router, invocation);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome);
    if (!options.json) tellOutcome(invocation, outcome, options);
  };
  if (isAgentRunning(loaded)) await askRunningAgent(loaded, config, routers, options, tell);
  else await examineHere(invocation, loaded, config, routers, options, tell);
  const site = await readSite(loaded);
  if (!options.json && site !== null) for (const line of siteDoctorLines(invocation, site)) say(invocation, line);
  if (options.json) {
    sayJson(invocation, {
      site,
      routers: outcomes.map(({ router: id, report, error }) => ({
        router: id,
        report,
        ...(error === null ? {} : { error: describeError(error) }),
      })),
    });
  }
  return worst(outcomes);
}

/** What the doctors just now, or others lately, found that is no router's own. */
async function readSite(loaded: LoadedConfig): Promise<SiteDoctor | null> {
  const store = openExistingStore(loaded);
  try {
    return await store.control.siteDoctor();
  } finally {
    store.close();
  }
}

async function examineHere(
  invocation: Invocation,
  loaded: LoadedConfig,
  config: AgentConfig,
  routers: readonly string[],
  { selfTest }: DoctorOptions,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  // Nothing is made here: root's first look would leave keys that the daemons' user cannot read.
  openExistingStore(loaded).close();
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  const { io } = invocation;
  io.signals.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    const log = makeLog(io.stderr, io.env['LOG_LEVEL'] ?? 'error');
    const options = { ...daemonBase(loaded, invocation, log, stopping.signal), config };
    for (const router of routers) {
      try {
        tell({ router, report: await doctorOnce(options, router, selfTest), error: null });
      } catch (error) {
        tell({ router, report: null, error });
      }
    }
  } finally {
    io.signals.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

async function askRunningAgent(
  loaded: LoadedConfig,
  config: AgentConfig,
  routers: readonly string[],
  { selfTest, timeoutSeconds }: DoctorOptions,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const known = config.routers.map(({ id }) => id);
  const store = openExistingStore(loaded);
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
    const asked: (readonly [string, string])[] = [];
    for (const router of routers) {
      asked.push([router, await askDoctor(store.control, router, { selfTest, routers: known, at: Date.now() })]);
    }
    for (const [router, id] of asked)
      tell({ router, report: await answerOf(store.control, router, id, signal), error: null });
  } finally {
    store.close();
  }
}

async function answerOf(
  control: ControlStore,
  router: string,
  id: string,
  signal: AbortSignal,
): Promise<DoctorReport | null> {
  const operation = await waitSettled(control, id, signal);
  if (operation?.state !== 'verified') return null;
  return (await control.routerDoctor(router)) ?? null;
}

function tellOutcome(invocation: Invocation, { router, report, error }: Outcome, options: DoctorOptions): void {
  const { io, messages } = invocation;
  if (report !== null) for (const line of doctorLines(invocation, router, report)) say(invocation, line);
  else if (error === null) say(invocation, messages.apply.timeout(router, options.timeoutSeconds));
  else io.stderr.write(`${router}: ${showError(error, messages)}`);
}

/** 69 where a router could not be reached, 1 where one has a finding of severity error, 75 where the agent was not done. */
function worst(outcomes: readonly Outcome[]): ExitCode {
  const failed = outcomes.find(({ error }) => error !== null);
  if (failed !== undefined) return exitCodeOf(failed.error);
  if (outcomes.some(({ report }) => report?.reachable === false)) return EXIT.unreachable;
  if (outcomes.some(({ report }) => report?.findings.some(({ severity }) => severity === 'error') === true))
    return EXIT.failed;
  return outcomes.some(({ report }) => report === null) ? EXIT.tryAgain : EXIT.ok;
}
