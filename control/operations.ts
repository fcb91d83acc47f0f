import type { Release, ReleaseEverywhere } from '../schemas/router-actions.ts';
import type { Api } from './api.ts';
import { maskOperation } from './core/mask-answers.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { pageOf, positionOf } from './http/query.ts';
import { ProblemError } from './http/problems.ts';
import { actOnRouter, routerOf } from './routers.ts';

/** GET /v1/operations/{id} */
export async function readOperation(api: Api, id: string): Promise<Answer> {
  const operation = await api.store.readOperation(id);
  if (operation === null) throw new ProblemError('not-found', { detail: `there is no operation ${id}` });
  return json(200, maskOperation(operation));
}

/** GET /v1/operations/{id}/subscribers */
export async function listReissued(api: Api, id: string, after: string | undefined, limit: number): Promise<Answer> {
  if ((await api.store.readOperation(id)) === null)
    throw new ProblemError('not-found', { detail: `there is no operation ${id}` });
  const page = await api.store.listReissued(id, positionOf('reissued', after), limit);
  return json(200, pageOf('reissued', page.items, page.next));
}

/** POST /v1/operations/{id}/release */
export async function releaseEverywhere(
  api: Api,
  head: RequestHead,
  id: string,
  body: ReleaseEverywhere,
): Promise<Answer> {
  await readOperation(api, id);
  for (const router of body.routers ?? []) await routerOf(api, router);
  if (body.routers !== undefined) await refuseInPart(api, [id]);
  const { routers = null, shown } = body;
  const intent = { kind: 'release-everywhere', operations: [id], routers } as const;
  const versions = Object.entries(shown ?? {}).map(([router, version]) => ({ router, operation: id, version }));
  return api.intents.submit(head, shown === undefined ? intent : { ...intent, shown: versions }, body);
}

/** POST /v1/routers/{id}/release */
export async function releaseOn(api: Api, head: RequestHead, router: string, body: Release): Promise<Answer> {
  const { operations, shown } = body;
  await refuseInPart(api, operations);
  const intent = { kind: 'release', router, operations } as const;
  const versions = Object.entries(shown ?? {}).map(([operation, version]) => ({ router, operation, version }));
  return actOnRouter(api, head, shown === undefined ? intent : { ...intent, shown: versions }, body);
}

/** A router alone cannot have an empty snapshot, which is the whole site's. */
async function refuseInPart(api: Api, operations: readonly string[]): Promise<void> {
  for (const id of operations) {
    const operation = await api.store.readOperation(id);
    if (operation?.reason === 'empty-snapshot')
      throw new ProblemError('release-is-whole', { detail: `${id} is an empty snapshot: it is the whole site’s` });
  }
}
