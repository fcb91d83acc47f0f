import { createHash } from 'node:crypto';
import type { Portal } from '../schemas/portal.ts';
import { NEVER_PUT } from '../store/ports.ts';
import type { Api } from './api.ts';
import { checkPortal } from './core/check-subscriber.ts';
import { checkPortalReach } from './core/portal-check.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import { canonicalJson } from '../schemas/canonical-json.ts';
import { NO_REVISION } from './core/request-headers.ts';
import { etagHeader } from './intents.ts';

/** GET /v1/portal: what was PUT, else what the configuration says. */
export async function readPortal(api: Api): Promise<Answer> {
  const { portal, revision } = await currentPortal(api);
  return json(200, portal, etagHeader(revision));
}

/** PUT /v1/portal */
export async function putPortal(api: Api, head: RequestHead, body: Portal): Promise<Answer> {
  const { value, faults } = checkPortal(
    body,
    api.settings().bundles.map(({ name }) => name),
  );
  if (faults.length > 0) throw invalidRequest(faults);
  const stored = await api.store.readPortal();
  const condition = stored === null ? conditionOnConfigured(api, head.ifMatch) : head.ifMatch;
  const intent = { kind: 'portal', portal: value } as const;
  return api.intents.submit({ ...head, ifMatch: condition }, intent, value, () =>
    Promise.resolve(stored?.revision ?? null),
  );
}

/** POST /v1/portal/check */
export async function checkPortalNow(api: Api): Promise<Answer> {
  const { portal } = await currentPortal(api);
  const [known, round] = await Promise.all([api.store.readPortalAddresses(), api.store.readPortalRound()]);
  return json(200, checkPortalReach(portal, { known, round, bundles: api.settings().bundles }, api.clock.now()));
}

/** `If-Match` about the portal of the configuration: the store is only asked that none was PUT meanwhile. */
function conditionOnConfigured(api: Api, ifMatch: RequestHead['ifMatch']): RequestHead['ifMatch'] {
  if (ifMatch === null) return null;
  const { portal } = api.settings();
  const revision = portal === null ? NO_REVISION : configuredRevision(portal);
  const isMatch = ifMatch === 'any' ? portal !== null : [ifMatch].flat().includes(revision);
  if (portal !== null && isMatch) return NEVER_PUT;
  throw new ProblemError('precondition-failed');
}

/** Made of the content, and longer than any revision that the store counts. */
function configuredRevision(portal: Portal): number {
  const hash = createHash('sha256').update(canonicalJson(portal)).digest('hex');
  return 1e14 + Number.parseInt(hash.slice(0, 11), 16);
}

async function currentPortal(api: Api): Promise<{ readonly portal: Portal; readonly revision: number }> {
  const stored = await api.store.readPortal();
  if (stored !== null) return stored;
  const { portal } = api.settings();
  if (portal !== null) return { portal, revision: configuredRevision(portal) };
  throw new ProblemError('not-found', {
    detail: 'no portal is set',
    remedy: 'PUT /v1/portal, or set agent.portal in the configuration.',
  });
}
