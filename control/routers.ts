import type { RouterStatus } from '../schemas/router.ts';
import type { Intent } from '../store/ports.ts';
import type { Api } from './api.ts';
import { boundPlan } from './core/bound-plan.ts';
import { maskPlan } from './core/mask-answers.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';

/** GET /v1/routers, by id */
export async function listRouters(api: Api, after: string | undefined, limit: number): Promise<Answer> {
  const position = positionOf('routers', after);
  const all = [...(await api.routers())].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = position === null ? all : all.filter((router) => router.id > position);
  const items = rest.slice(0, limit);
  return json(200, pageOf('routers', items, rest.length > limit ? (items.at(-1)?.id ?? null) : null));
}

/** GET /v1/routers/{id} */
export async function readRouter(api: Api, id: string): Promise<Answer> {
  return json(200, await routerOf(api, id));
}

/** GET /v1/routers/{id}/plan; `isWhole`: with all commands of what is held, as far as they are kept. */
export async function readPlan(api: Api, id: string, isWhole: boolean): Promise<Answer> {
  await routerOf(api, id);
  const plan = await api.store.routerPlan(id);
  if (plan === null) throw new ProblemError('no-plan-yet', { detail: `no pass over router ${id} has ended yet` });
  return json(200, maskPlan(isWhole ? plan : boundPlan(plan)));
}

/** GET /v1/routers/{id}/adoption */
export async function readAdoption(api: Api, id: string): Promise<Answer> {
  await routerOf(api, id);
  const adoption = await api.store.routerAdoption(id);
  if (adoption === null) throw new ProblemError('no-plan-yet', { detail: `no pass over router ${id} has ended yet` });
  return json(200, adoption);
}

/** POST /v1/routers/{id}/reconcile | claim | adopt | doctor */
export async function actOnRouter(
  api: Api,
  head: RequestHead,
  intent: Extract<Intent, { readonly router: string }>,
  body: unknown,
): Promise<Answer> {
  await routerOf(api, intent.router);
  return api.intents.submit(head, intent, body);
}

/** The router of this name, as the agent last wrote of it; a 404 names those there are. */
export async function routerOf(api: Api, id: string): Promise<RouterStatus> {
  const routers = await api.routers();
  const found = routers.find((router) => router.id === id);
  if (found !== undefined) return found;
  const known = routers.map((router) => router.id).slice(0, 50);
  throw new ProblemError('not-found', { detail: `there is no router ${id}; known: ${known.join(', ') || 'none'}` });
}
