import { agentOnce } from '../agent/main.ts';
import type { AgentConfig } from '../schemas/config/agent.ts';
import type { RouterPlan } from '../schemas/router.ts';
import { daemonBase } from './agent-options.ts';
import type { LoadedConfig } from './config/load.ts';
import { openExistingStore } from './data-folder.ts';
import type { Invocation } from './invocation.ts';
import { makeLog } from './log.ts';
import { siteFindingLines } from './show-finding.ts';

/** What came of one router: its plan and what was done, or why there is none. */
export interface RouterOutcome {
  readonly router: string;
  readonly plan: RouterPlan | null;
  readonly done: RouterPlan['steps'];
  readonly error: unknown;
  /** The plan was made by the running agent; `isOfThisFile` is false when that runs with another configuration. */
  readonly stored?: { readonly isOfThisFile: boolean };
}

/** Plans or applies without a running agent, and tells on stderr what is found of the portal meanwhile. */
export async function runOnRouters(
  loaded: LoadedConfig,
  config: AgentConfig,
  routers: readonly string[],
  mode: 'plan' | 'apply',
  invocation: Invocation,
): Promise<readonly RouterOutcome[]> {
  const { io } = invocation;
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  io.signals.on('SIGTERM', stop).on('SIGINT', stop);
  // What a log would warn of is told in the person's words.
  const log = makeLog(io.stderr, io.env['LOG_LEVEL'] ?? 'error');
  const options = { ...daemonBase(loaded, invocation, log, stopping.signal), config };
  try {
    const results = await agentOnce(options, routers, mode);
    await tellPortal(loaded, invocation);
    return routers.map((router) => {
      const result = results.get(router) ?? { error: new TypeError(`nothing came of router ${router}`) };
      return 'error' in result
        ? { router, plan: null, done: [], error: result.error }
        : { router, ...result, error: null };
    });
  } catch (error) {
    return routers.map((router) => ({ router, plan: null, done: [], error }));
  } finally {
    io.signals.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

async function tellPortal(loaded: LoadedConfig, invocation: Invocation): Promise<void> {
  const store = openExistingStore(loaded);
  try {
    const { findings = [] } = (await store.control.readPortalRound()) ?? {};
    const grave = findings.filter(({ severity }) => severity !== 'info');
    for (const line of siteFindingLines(grave, invocation)) invocation.io.stderr.write(`${line}\n`);
  } finally {
    store.close();
  }
}
