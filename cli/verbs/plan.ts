import { fingerprintOf } from '../../agent/from-config.ts';
import { AppError, ERROR_CODES } from '../../schemas/app-error.ts';
import type { AgentConfig } from '../../schemas/config/agent.ts';
import type { RouterStatus } from '../../schemas/router.ts';
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
  /** All commands of what is held, as far as they are kept. */
  readonly all: boolean;
}

/**
 * Shows what apply would send; writes nothing to a router. Beside a running agent that is the plan of its last pass, with
 * what makes it less than the present: the router not read since, or another configuration than the agent runs with.
 */
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
    ? await storedPlans(loaded, config, routers)
    : await runOnRouters(loaded, config, routers, 'plan', invocation);
  const code = showOutcomes(invocation, outcomes, options);
  if (options.secrets) await showUrls(invocation, loaded, routers);
  return code;
}

async function storedPlans(
  loaded: LoadedConfig,
  config: AgentConfig,
  routers: readonly string[],
): Promise<readonly RouterOutcome[]> {
  const store = openExistingStore(loaded);
  try {
    const statuses = await store.control.routerStatuses();
    const plans = await Promise.all(routers.map((router) => store.control.routerPlan(router)));
    return routers.map((router, index) => {
      const plan = plans[index] ?? null;
      const entry = config.routers.find(({ id }) => id === router);
      const print = entry === undefined ? null : fingerprintOf(config, entry);
      return {
        router,
        plan,
        done: [],
        error: failureOf(statuses.find(({ id }) => id === router)),
        // One that names none was made before plans did.
        stored: { isOfThisFile: plan?.configuration === undefined || plan.configuration === print },
      };
    });
  } finally {
    store.close();
  }
}

/** Why the router was not read since its last plan; null when it was. */
function failureOf(status: RouterStatus | undefined): AppError | null {
  const last = status?.lastError ?? null;
  if (last === null) return null;
  const away = status?.connection === 'down' ? 'router-unreachable' : 'router-trap';
  const code = ERROR_CODES.find((known) => known === last.code) ?? away;
  return new AppError(code, last.message, last.remedy === null ? {} : { remedy: last.remedy });
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
