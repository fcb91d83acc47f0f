import type { Portal } from '../schemas/portal.ts';
import type { Api } from './api.ts';
import { checkPortal } from './core/check-subscriber.ts';
import { checkPortalReach } from './core/portal-check.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import { etagHeader } from './intents.ts';

/** GET /v1/portal: what was PUT, else what the configuration says (then without ETag, for there is no revision of it). */
export async function readPortal(api: Api): Promise<Answer> {
  const { portal, revision } = await currentPortal(api);
  return json(200, portal, revision === null ? {} : etagHeader(revision));
}

/** PUT /v1/portal */
export async function putPortal(api: Api, head: RequestHead, body: Portal): Promise<Answer> {
  const { value, faults } = checkPortal(body);
  if (faults.length > 0) throw invalidRequest(faults);
  const revision = async (): Promise<number | null> => (await api.store.readPortal())?.revision ?? null;
  return api.intents.submit(head, { kind: 'portal', portal: value }, value, revision);
}

/** POST /v1/portal/check */
export async function checkPortalNow(api: Api): Promise<Answer> {
  const { portal } = await currentPortal(api);
  return json(200, checkPortalReach(portal, await api.store.readPortalAddresses(), api.clock.now()));
}

async function currentPortal(api: Api): Promise<{ readonly portal: Portal; readonly revision: number | null }> {
  const stored = await api.store.readPortal();
  if (stored !== null) return stored;
  const { portal } = api.settings();
  if (portal !== null) return { portal, revision: null };
  throw new ProblemError('not-found', {
    detail: 'no portal is set',
    remedy: 'PUT /v1/portal, or set agent.portal in the configuration.',
  });
}
