import type { Api } from './api.ts';
import { maskOperation } from './core/mask-answers.ts';
import { json, type Answer } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';

/** GET /v1/operations/{id} */
export async function readOperation(api: Api, id: string): Promise<Answer> {
  const operation = await api.store.readOperation(id);
  if (operation === null) throw new ProblemError('not-found', { detail: `there is no operation ${id}` });
  return json(200, maskOperation(operation));
}
