import { isSettled, type Operation } from '../../schemas/operation.ts';
import { AwayWatch, awayLines, routersAway } from '../away.ts';
import { requireSection } from '../agent-options.ts';
import { askReconcile, waitSettled } from '../ask-agent.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { isAgentRunning, openExistingStore } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { runOnRouters } from '../once.ts';
import { chosenRouters } from '../routers.ts';
import { causeLines } from '../site-operation.ts';
import { showOutcomes } from '../show-plan.ts';
import { printable } from '../table.ts';

export interface ApplyOptions {
  readonly json: boolean;
  readonly timeoutSeconds: number;
}

/** Brings routers to the desired state now: a router has one writer, so beside a running agent it is asked to. */
export async function apply(
  invocation: Invocation,
  router: string | undefined,
  options: ApplyOptions,
): Promise<ExitCode> {
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const config = requireSection(loaded.config.agent, 'agent', invocation);
  const routers = chosenRouters(config, router, invocation);
  if (isAgentRunning(loaded)) {
    const known = config.routers.map(({ id }) => id);
    return askRunningAgent(invocation, loaded, routers, known, options);
  }
  // Nothing is made here: root's first look would leave keys that the daemons' user cannot read.
  openExistingStore(loaded).close();
  const outcomes = await runOnRouters(loaded, config, routers, 'apply', invocation);
  const code = showOutcomes(invocation, outcomes, options);
  // In assist the portal list is all there is to bring to its place; in observe nothing is brought anywhere.
  const isLeft = outcomes.some(
    ({ plan }) =>
      plan !== null &&
      (plan.steps.length + plan.held.length > 0 || (plan.mode === 'observe' && plan.notSent !== undefined)),
  );
  return code === EXIT.ok && isLeft ? EXIT.tryAgain : code;
}

async function askRunningAgent(
  invocation: Invocation,
  loaded: LoadedConfig,
  routers: readonly string[],
  known: readonly string[],
  { json, timeoutSeconds }: ApplyOptions,
): Promise<ExitCode> {
  const { apply: texts } = invocation.messages;
  const store = openExistingStore(loaded);
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
    const asked: (readonly [string, string])[] = [];
    for (const router of routers) {
      asked.push([router, await askReconcile(store.control, router, known, Date.now())]);
      if (!json) say(invocation, texts.asked(router));
    }
    const results: Operation[] = [];
    let isAnyAway = false;
    for (const [router, id] of asked) {
      const watch = new AwayWatch(store.control, router);
      const operation = await waitSettled(store.control, id, signal, () => watch.isAway());
      if (operation === null) continue;
      results.push(operation);
      const [away] = isSettled(operation.state) ? [] : await routersAway(store.control, [router]);
      if (away !== undefined) isAnyAway = true;
      if (json) continue;
      if (away === undefined) {
        say(invocation, outcomeLine(invocation, router, operation, timeoutSeconds));
        if (operation.reason !== undefined)
          for (const line of await causeLines(invocation, store.control, operation)) say(invocation, line);
      } else for (const line of awayLines(invocation.messages, away)) say(invocation, printable(line));
    }
    if (json) sayJson(invocation, { operations: results });
    return isAnyAway ? EXIT.unreachable : codeOf(results);
  } finally {
    store.close();
  }
}

function outcomeLine({ messages }: Invocation, router: string, { state, reason }: Operation, seconds: number): string {
  return !isSettled(state)
    ? messages.apply.timeout(router, seconds)
    : messages.apply.outcome(router, messages.site.states[state], reason ?? null);
}

function codeOf(results: readonly Operation[]): ExitCode {
  if (results.some(({ state }) => state === 'failed')) return EXIT.failed;
  return results.every(({ state }) => state === 'verified') ? EXIT.ok : EXIT.tryAgain;
}
