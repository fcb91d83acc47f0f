import type { AgentConfig } from '../schemas/config/agent.ts';
import type { Invocation } from './invocation.ts';
import { wrongInput } from './site-desk.ts';

/** So many are named. */
const KNOWN = 50;

/** The routers a verb is about: the one named, or all of the configuration. */
export function chosenRouters(
  agent: AgentConfig,
  router: string | undefined,
  { messages }: Invocation,
): readonly string[] {
  const ids = agent.routers.map(({ id }) => id);
  if (router === undefined) return ids;
  if (ids.includes(router)) return [router];
  throw wrongInput(messages.site.faults.unknownRouter(router, ids.slice(0, KNOWN)));
}
