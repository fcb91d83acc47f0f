import type { HeldOperation, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { RotationEnd, RotationStep } from '../schemas/rotation.ts';
import type { TestSite } from '../control/test/test-site.ts';

export const MAC = 'aabbcc001122';
const KEY = 'geheim-Zk3vQ9mT7x';
const NEW_KEY = 'geheim-pT4wX8sK2m';

const NOBODY = { count: 0, first: [] };
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
  const at = new Date(site.now).toISOString();
  const heldOperations = held.map(({ subject, reason, detail, operations: [operation = null] }): HeldOperation => ({
    operation,
    kind: 'restore',
    reason,
    detail,
    since: at,
    cut: NOBODY,
    restored: { count: 1, first: [subject.slice('subscriber/'.length)] },
    noticed: NOBODY,
    names: { s5: 'Ana' },
    way: 'claim',
    commands: [{ sign: '-', row: 'cutoff:s5', command: '/ip firewall address-list remove *1F' }],
    omitted: 0,
  }));
  return { router: 'r0', at, steps: [], held, heldOperations, findings: [] };
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

/** A snapshot that the brake holds on some routers, 199 cuts on each; gives the operation. */
export async function recordBraked(site: TestSite, routers: readonly string[]): Promise<string> {
  const subscribers = routers.map((router, at) => ({
    id: `${router}-s0`,
    name: 'Ana',
    router,
    addresses: [`10.9.${String(at)}.1`],
    cutoff: { reason: 'mora' },
  }));
  const body = { generation: 1, takenAt: new Date(site.now).toISOString(), subscribers };
  const operation = String((await site.put('/v1/desired-state', body)).body['id']);
  for (const router of routers) {
    await site.other.agent.advanceOperations(site.now, [{ id: operation, router, state: 'held', reason: 'brake' }]);
    await recordBrakedOn(site, router, operation, 199);
  }
  return operation;
}

/** A pass over a router after which the brake holds so many cuts of a snapshot there. */
export async function recordBrakedOn(site: TestSite, router: string, operation: string, count: number): Promise<void> {
  const counts = { ...NO_COUNTS, subscribers: 412, held: count };
  const limit = { scope: 'router', asked: count, before: 3, allowed: 41, windowMinutes: 60 } as const;
  const braked = Array.from({ length: count }, (_, at) => ({
    subject: `subscriber/${router}-s${String(at)}`,
    reason: 'brake',
    detail: '',
    operations: [operation],
  }));
  const held: HeldOperation = {
    operation,
    kind: 'desired-state',
    reason: 'brake',
    detail: `${String(count)} new after 3 in 60 min on this router; 41 are allowed`,
    since: new Date(site.now - 240_000).toISOString(),
    cut: { count, first: Array.from({ length: 100 }, (_, at) => `${router}-s${String(at)}`) },
    restored: NOBODY,
    noticed: NOBODY,
    limit,
    way: 'release',
    commands: Array.from({ length: 30 }, (_, at) => ({
      sign: at % 3 === 2 ? ('-' as const) : ('+' as const),
      row: `cutoff:${router}-s${String(at)}`,
      command:
        at % 3 === 2
          ? `/ip firewall connection remove [find where src-address~"^10\\\\.9\\\\.0\\\\.${String(at)}(:|\\$)"]`
          : `/ip firewall address-list add list=Moroso address=10.9.0.${String(at)} comment=wisp-edge:cutoff:${router}-s${String(at)}`,
    })),
    omitted: 567,
  };
  const plan = { router, at: new Date(site.now).toISOString(), steps: [], held: braked, findings: [] };
  await site.other.agent.recordRouter(routerStatus(site, { id: router, counts, heldBy: { brake: count } }), {
    ...plan,
    heldOperations: [held],
  });
}

/** Single cuts that the brake holds on `r0`, one operation for each; gives the operations. */
export async function recordSingles(site: TestSite, count: number): Promise<readonly string[]> {
  const operations: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = `s${String(at)}`;
    await site.put(`/v1/subscribers/${id}`, {
      name: `Ana ${String(at)}`,
      router: 'r0',
      addresses: [`10.0.1.${String(at)}`],
    });
    operations.push(String((await site.put(`/v1/subscribers/${id}/cutoff`, { reason: 'mora' })).body['id']));
  }
  await site.other.agent.advanceOperations(
    site.now,
    operations.map((id) => ({ id, router: 'r0', state: 'held', reason: 'brake' })),
  );
  const at = new Date(site.now).toISOString();
  const held = operations.map((operation, index) => ({
    subject: `subscriber/s${String(index)}`,
    reason: 'brake',
    detail: '',
    operations: [operation],
  }));
  const heldOperations = operations.map((operation, index): HeldOperation => ({
    operation,
    kind: 'cutoff',
    reason: 'brake',
    detail: '1 new after 10 in 60 min on this router; 10 are allowed',
    since: at,
    cut: { count: 1, first: [`s${String(index)}`] },
    restored: NOBODY,
    noticed: NOBODY,
    names: { [`s${String(index)}`]: `Ana ${String(index)}` },
    way: 'release',
    commands: [],
    omitted: 0,
  }));
  const counts = { ...NO_COUNTS, subscribers: 412, cut: 31, held: count };
  await site.other.agent.recordRouter(routerStatus(site, { counts, heldBy: { brake: count } }), {
    router: 'r0',
    at,
    steps: [],
    held,
    heldOperations,
    findings: [],
  });
  return operations;
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
