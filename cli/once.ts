import { agentOnce } from '../agent/main.ts';
import type { AgentConfig } from '../schemas/config/agent.ts';
import type { RouterPlan } from '../schemas/router.ts';
import { daemonBase } from './agent-options.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Invocation } from './invocation.ts';
import { makeLog } from './log.ts';

/** What came of one router: its plan and what was done, or why there is none. */
export interface RouterOutcome {
  readonly router: string;
  readonly plan: RouterPlan | null;
  readonly done: RouterPlan['steps'];
  readonly error: unknown;
  /** The plan was made by the running agent; `isOfThisFile` is false when that runs with another configuration. */
  readonly stored?: { readonly isOfThisFile: boolean };
}

/**
 * Plans or applies without a running agent. Each router by itself, so that a dead one does not take the others with it;
 * one after the other when applying, for that takes the agent's lock.
 */
export async function runOnRouters(
  loaded: LoadedConfig,
  config: AgentConfig,
  routers: readonly string[],
  mode: 'plan' | 'apply',
  invocation: Invocation,
): Promise<readonly RouterOutcome[]> {
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  invocation.io.signals.on('SIGTERM', stop).on('SIGINT', stop);
  const log = makeLog(invocation.io.stderr, invocation.io.env['LOG_LEVEL'] ?? 'warn');
  const options = { ...daemonBase(loaded, invocation, log, stopping.signal), config };
  const one = async (router: string): Promise<RouterOutcome> => {
    try {
      const [result] = await agentOnce(options, [router], mode);
      return { router, plan: result?.plan ?? null, done: result?.done ?? [], error: null };
    } catch (error) {
      return { router, plan: null, done: [], error };
    }
  };
  try {
    if (mode === 'plan') return await Promise.all(routers.map(one));
    const outcomes: RouterOutcome[] = [];
    for (const router of routers) outcomes.push(await one(router));
    return outcomes;
  } finally {
    invocation.io.signals.off('SIGTERM', stop).off('SIGINT', stop);
  }
}
