import type { RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { RotationEnd, RotationStep } from '../schemas/rotation.ts';
import type { TestSite } from '../control/test/test-site.ts';

export const MAC = 'aabbcc001122';
const KEY = 'geheim-Zk3vQ9mT7x';
const NEW_KEY = 'geheim-pT4wX8sK2m';

const NO_COUNTS = { subscribers: 0, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 };

/** A router as the agent writes it: up, converged, nothing found. */
export function routerStatus(site: TestSite, over: Partial<RouterStatus> = {}): RouterStatus {
  const seen = new Date(site.now - 20_000).toISOString();
  return {
    id: 'r0',
    mode: 'manage',
    connection: 'up',
    converged: true,
    version: '7.16.2 (stable)',
    dialect: 'action-data',
    lastSeen: seen,
    lastPass: seen,
    lastError: null,
    counts: { ...NO_COUNTS, subscribers: 412, cut: 31, notices: 12 },
    findings: [],
    ...over,
  };
}

/** What the agent holds, as its plan says. */
export function heldPlan(site: TestSite, held: RouterPlan['held']): RouterPlan {
  return { router: 'r0', at: new Date(site.now).toISOString(), steps: [], held, findings: [] };
}

/** A router that holds a restore because of a row that is not ours, with a finding that tells of it. */
export async function recordHeld(site: TestSite, detail = 'row *1F in Moroso, 10.0.0.5'): Promise<void> {
  await site.put('/v1/subscribers/s5', { name: 'Ana', router: 'r0', addresses: ['10.0.0.5'] });
  const { body } = await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  const operation = String(body['id']);
  await site.other.agent.advanceOperations(site.now, [
    { id: operation, router: 'r0', state: 'held', reason: 'foreign-row', evidence: { row: '*1F', list: 'Moroso' } },
  ]);
  const counts = { ...NO_COUNTS, subscribers: 412, cut: 31, notices: 12, pending: 3, held: 1, paidButCut: 1 };
  const findings: RouterStatus['findings'] = [
    {
      code: 'foreign-cuts',
      severity: 'warning',
      detail: '3 rows of Moroso are not ours',
      remedy: '/ip firewall address-list print where list=Moroso and !(comment~"^wisp-edge:")',
    },
  ];
  await site.other.agent.recordRouter(
    routerStatus(site, { converged: false, counts, findings }),
    heldPlan(site, [{ subject: 'subscriber/s5', reason: 'foreign-row', detail, operations: [operation] }]),
  );
}

/** Extension 1001 on a Yealink at the reception. */
export async function putPhone(
  site: TestSite,
  displayName = 'Recepción',
  label = 'Recepción, planta baja',
): Promise<void> {
  const extension = { registrar: 'iplan', displayName, owner: 'comodato', sipKey: KEY };
  await site.put('/v1/extensions/1001', extension);
  await site.put(`/v1/phones/${MAC}`, { vendor: 'yealink', model: 'SIP-T31P', lines: [{ extension: '1001' }], label });
}

/** Starts a rotation of extension 1001 with its new key; gives its id. */
export async function startRotation(site: TestSite, reason: string): Promise<string> {
  const body = { extensions: ['1001'], newKeys: { '1001': NEW_KEY }, reason };
  const answer = await site.call('POST', '/v1/rotations', { body });
  return String(answer.body['subject']).slice('rotation/'.length);
}

/** Moves extension 1001 of an open rotation on, as the provisioner does; `staged` serves the new key. */
export async function advance(
  site: TestSite,
  id: string,
  to: { readonly step: RotationStep; readonly end?: RotationEnd; readonly what: string },
): Promise<void> {
  const open = await site.other.provisioner.openRotations();
  const rotating = open.find((one) => one.id === id)?.extensions.find(({ number }) => number === '1001');
  if (rotating === undefined) throw new Error(`1001 is in no open rotation ${id}`);
  await site.other.provisioner.advanceRotation({
    rotation: id,
    number: '1001',
    revision: rotating.revision,
    at: site.now,
    step: to.step,
    end: to.end ?? null,
    progress: rotating.progress,
    evidence: [{ what: to.what, data: { registrar: 'iplan', status: 200 } }],
    serve: to.step === 'staged' ? 'new' : null,
    operation: null,
  });
}
