import { AppError } from '../schemas/app-error.ts';
import type { AgentConfig } from '../schemas/config/agent.ts';
import type { Invocation } from './invocation.ts';

/** The routers a verb is about: the one named, or all of the configuration. */
export function chosenRouters(
  agent: AgentConfig,
  router: string | undefined,
  { messages }: Invocation,
): readonly string[] {
  const ids = agent.routers.map(({ id }) => id);
  if (router === undefined) return ids;
  if (ids.includes(router)) return [router];
  throw new AppError('invalid-input', messages.usage.unknownRouter(router), {
    remedy: `Known: ${ids.join(', ')}.`,
    retryable: false,
  });
}
