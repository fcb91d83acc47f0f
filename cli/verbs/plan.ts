import { AppError } from '../../schemas/app-error.ts';
import { requireSection } from '../agent-options.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { isAgentRunning, openExistingStore } from '../data-folder.ts';
import type { ExitCode } from '../exit-codes.ts';
import { say, type Invocation } from '../invocation.ts';
import { runOnRouters, type RouterOutcome } from '../once.ts';
import { chosenRouters } from '../routers.ts';
import { showOutcomes } from '../show-plan.ts';

export interface PlanOptions {
  readonly json: boolean;
  readonly secrets: boolean;
}

/** Shows what apply would send: the running agent's last plan, or one made now; writes nothing to a router. */
export async function plan(
  invocation: Invocation,
  router: string | undefined,
  options: PlanOptions,
): Promise<ExitCode> {
  if (options.secrets && !invocation.io.isTerminal) {
    throw new AppError('invalid-input', invocation.messages.usage.secretsNeedTerminal, { retryable: false });
  }
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const config = requireSection(loaded.config.agent, 'agent', invocation);
  const routers = chosenRouters(config, router, invocation);
  const outcomes = isAgentRunning(loaded)
    ? await storedPlans(loaded, routers)
    : await runOnRouters(loaded, config, routers, 'plan', invocation);
  const code = showOutcomes(invocation, outcomes, options);
  if (options.secrets) await showUrls(invocation, loaded, routers);
  return code;
}

async function storedPlans(loaded: LoadedConfig, routers: readonly string[]): Promise<readonly RouterOutcome[]> {
  const store = openExistingStore(loaded);
  try {
    return await Promise.all(
      routers.map(async (router) => ({ router, plan: await store.control.routerPlan(router), done: [], error: null })),
    );
  } finally {
    store.close();
  }
}

/** Plans mask the tokens in URLs (I9); a person at a terminal may see which page is whose. */
async function showUrls(invocation: Invocation, loaded: LoadedConfig, routers: readonly string[]): Promise<void> {
  const store = openExistingStore(loaded);
  try {
    say(invocation, invocation.messages.plan.urls);
    for (const router of routers) {
      const { subscribers } = await store.agent.desiredFor(router);
      for (const { id, cutoff, notices } of subscribers) {
        for (const [kind, wish] of Object.entries({ cutoff: cutoff ?? undefined, ...notices })) {
          if (wish?.value.url !== undefined) say(invocation, `  ${kind}:${id} ${wish.value.url}`);
        }
      }
    }
  } finally {
    store.close();
  }
}
