import { createHash } from 'node:crypto';
import type { Portal, PortalConfirm } from '../schemas/portal.ts';
import { NEVER_PUT } from '../store/ports.ts';
import type { Api } from './api.ts';
import { checkPortal } from './core/check-subscriber.ts';
import { formatInstant } from './core/instant.ts';
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
  const [known, round, doctor] = await Promise.all([
    api.store.readPortalAddresses(),
    api.store.readPortalRound(),
    api.store.siteDoctor(),
  ]);
  const { bundles, portal: configured } = api.settings();
  return json(200, checkPortalReach(portal, { known, round, bundles, doctor, configured }, api.clock.now()));
}

/** POST /v1/portal/confirm */
export async function confirmPortalHost(api: Api, head: RequestHead, body: PortalConfirm): Promise<Answer> {
  const host = body.host.toLowerCase();
  try {
    await api.intents.accept(head, { kind: 'portal-confirm', host }, { host });
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not-found') throw await notFollowed(api, host);
    throw error;
  }
  // A request that was answered before: when it was confirmed, not when that was asked again.
  const at = (await api.store.readPortalConfirmations()).get(host) ?? api.clock.now();
  return json(200, { host, at: formatInstant(at) });
}

async function notFollowed(api: Api, host: string): Promise<ProblemError> {
  const known = [...new Set((await api.store.readPortalAddresses()).map((one) => one.host))];
  return new ProblemError('not-found', {
    detail: `no address of ${host} is known, but of: ${known.slice(0, 20).join(', ')}`,
    remedy: 'POST /v1/portal/check names the hosts that are followed.',
  });
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
