import { expect, test } from 'vitest';
import type { DoctorReport } from '../../schemas/doctor.ts';
import type { RouterStatus } from '../../schemas/router.ts';
import { unseenRouter } from '../core/degraded.ts';
import { ANA, testSite } from './test-site.ts';

const up: RouterStatus = { ...unseenRouter('r0', 'manage'), connection: 'up', converged: true, version: '7.16' };

test('the list is the configuration’s, with what the agent wrote', async () => {
  const site = await testSite();
  await site.other.agent.recordRouter(up, null);
  await site.other.agent.recordRouter({ ...up, id: 'gone' }, null);
  const { body } = await site.call('GET', '/v1/routers');
  expect(body).toMatchObject({
    items: [
      { id: 'r0', connection: 'up', version: '7.16' },
      { id: 'r1', connection: 'unknown', mode: 'observe' },
    ],
    next: null,
  });
  const first = await site.call('GET', '/v1/routers?limit=1');
  const second = await site.call('GET', `/v1/routers?limit=1&after=${String(first.body['next'])}`);
  expect([first.body['items'], second.body]).toMatchObject([[{ id: 'r0' }], { items: [{ id: 'r1' }], next: null }]);
  expect((await site.call('GET', '/v1/routers/r0')).body).toMatchObject({ id: 'r0', version: '7.16' });
});

test('without an agent section the routers are those of the store', async () => {
  const site = await testSite();
  site.settings.current = { ...site.settings.current, routers: null };
  expect((await site.put('/v1/subscribers/s5', ANA)).status).toBe(400);
  await site.other.agent.recordRouter(up, null);
  expect((await site.put('/v1/subscribers/s5', ANA)).status).toBe(201);
  expect((await site.call('GET', '/v1/routers')).body).toMatchObject({ items: [{ id: 'r0' }] });
});

test('an unknown router is 404 and names the known ones', async () => {
  const site = await testSite();
  for (const [method, path, body] of [
    ['GET', '/v1/routers/r9', undefined],
    ['GET', '/v1/routers/r9/plan', undefined],
    ['POST', '/v1/routers/r9/reconcile', undefined],
    ['POST', '/v1/routers/r9/release', { operations: ['x'] }],
    ['POST', '/v1/routers/r9/claim', { subscribers: ['x'] }],
    ['POST', '/v1/routers/r9/doctor', undefined],
    ['POST', '/v1/routers/r9/doctor', { selfTest: true }],
  ] as const) {
    const answer = await site.call(method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.body['detail']]).toEqual([404, 'there is no router r9; known: r0, r1']);
  }
});

test('a plan is 404 before the first pass; afterwards its URLs show no query value', async () => {
  const site = await testSite();
  const before = await site.call('GET', '/v1/routers/r0/plan');
  expect([before.status, before.body['type']]).toEqual([404, 'urn:wisp-edge:problem:no-plan-yet']);
  const step = {
    action: 'created',
    menu: '/ip/proxy/access',
    row: 'cutoff:s5',
    command: '/ip/proxy/access/add action-data="https://a.example/x?t=geheim"',
    lane: 'cut',
  } as const;
  const plan = { router: 'r0', at: '2026-03-01T12:00:00.000Z', steps: [step], held: [], findings: [] };
  await site.other.agent.recordRouter(up, plan);
  const after = await site.call('GET', '/v1/routers/r0/plan');
  expect(after.body).toMatchObject({ router: 'r0', steps: [{ row: 'cutoff:s5' }] });
  expect(after.text).not.toContain('geheim');
});

test('an adoption is shown as the last pass saw it, and its steps are operations of the router', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/routers/r0/adoption')).body['type']).toMatch(/no-plan-yet$/);
  const nothing = { steps: [] };
  const seen = { router: 'r0', at: '2026-03-01T12:00:00.000Z', step: 'observe', isDone: true, mode: 'assist' } as const;
  const part = { part: 'cutoff-list', menu: '/ip/firewall/address-list', rows: 3, disabled: 0 } as const;
  const view = { ...seen, parts: [part], findings: [], manage: nothing, handBack: nothing };
  await site.other.agent.recordAdoptionView(view);
  expect((await site.call('GET', '/v1/routers/r0/adoption')).body).toEqual(view);
  for (const step of ['claim', 'manage', 'hand-back']) {
    const answer = await site.call('POST', '/v1/routers/r0/adopt', { as: 'operator', body: { step } });
    expect([answer.status, answer.body]).toMatchObject([202, { kind: 'adopt', subject: 'router/r0' }]);
  }
  expect((await site.call('POST', '/v1/routers/r0/adopt', { body: { step: 'observe' } })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/adopt')).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r9/adopt', { body: { step: 'claim' } })).status).toBe(404);
});

test('reconcile, release and claim are operations of the router', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const cut = await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' });
  const id = String(cut.body['id']);
  await site.other.agent.advanceOperations(site.now, [{ id, router: 'r0', state: 'held', reason: 'brake' }]);
  for (const [verb, body] of [
    ['reconcile', undefined],
    ['release', { operations: [id] }],
    ['claim', { subscribers: ['s5'] }],
  ] as const) {
    const how = { as: 'operator' as const, ...(body === undefined ? {} : { body }) };
    const answer = await site.call('POST', `/v1/routers/r0/${verb}`, how);
    expect([answer.status, answer.body['kind'], answer.body['subject']]).toEqual([202, verb, 'router/r0']);
  }
  expect((await site.call('POST', '/v1/routers/r0/release', { body: {} })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/release', { body: { operations: [] } })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/claim', { body: { subscribers: ['a b'] } })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/reconcile', { body: { force: true } })).status).toBe(400);
});

const report: DoctorReport = {
  checkedAt: '2026-03-01T12:00:00.000Z',
  reachable: true,
  version: '7.16',
  findings: [],
  redirect: 'full-url',
};

test('a doctor is an operation that ends with its report, which the router shows from then on', async () => {
  const site = await testSite();
  const asked = await site.call('POST', '/v1/routers/r0/doctor', { as: 'operator', body: { selfTest: true } });
  expect([asked.status, asked.body]).toMatchObject([202, { kind: 'doctor', subject: 'router/r0', state: 'received' }]);
  const id = String(asked.body['id']);
  // What the agent is told: whose it is, and that a self-test is wanted.
  expect(await site.other.agent.openOperations('r0')).toMatchObject([{ id, kind: 'doctor', names: ['self-test'] }]);
  await site.other.agent.recordRouter(up, null);
  await site.other.agent.recordDoctor('r0', report);
  const evidence = { router: 'r0', readAt: report.checkedAt };
  await site.other.agent.advanceOperations(site.now, [
    { id, router: 'r0', state: 'verified', evidence, result: report },
  ]);
  const done = await site.call('GET', `/v1/operations/${id}`);
  expect(done.body).toMatchObject({ state: 'verified', result: report });
  expect((await site.call('GET', '/v1/routers/r0')).body).toMatchObject({ id: 'r0', doctor: report });
});

test('without a body a doctor makes no self-test; of an unknown field or a wrong type nothing is begun', async () => {
  const site = await testSite();
  expect((await site.call('POST', '/v1/routers/r0/doctor', { as: 'operator' })).status).toBe(202);
  expect(await site.other.agent.openOperations('r0')).toMatchObject([{ kind: 'doctor', names: [] }]);
  for (const body of [{ selfTest: 'yes' }, { force: true }, []])
    expect((await site.call('POST', '/v1/routers/r0/doctor', { body })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/doctor', { as: 'viewer' })).status).toBe(403);
  expect(await site.other.agent.openOperations('r0')).toHaveLength(1);
});

test('while no agent runs a doctor stays received, and is not shown as made', async () => {
  const site = await testSite();
  const asked = await site.call('POST', '/v1/routers/r0/doctor', { as: 'operator' });
  site.now += 3_600_000;
  const later = await site.call('GET', `/v1/operations/${String(asked.body['id'])}`);
  expect(later.body).toMatchObject({ state: 'received' });
  expect(later.body).not.toHaveProperty('result');
  expect((await site.call('GET', '/v1/routers/r0')).body).not.toHaveProperty('doctor');
});

test('a router that is only observed may be looked over, with a self-test too: the report says why none was made', async () => {
  const site = await testSite();
  const asked = await site.call('POST', '/v1/routers/r1/doctor', { as: 'operator', body: { selfTest: true } });
  expect([asked.status, asked.body]).toMatchObject([202, { kind: 'doctor', subject: 'router/r1' }]);
  expect(await site.other.agent.openOperations('r1')).toMatchObject([{ names: ['self-test'] }]);
});

test('while one doctor runs another is a second operation, and the same key asks for the same one', async () => {
  const site = await testSite();
  const ask = (key: string) =>
    site.call('POST', '/v1/routers/r0/doctor', { as: 'operator', headers: { 'idempotency-key': key } });
  const [first, again, second] = [await ask('a'), await ask('a'), await ask('b')];
  expect([first.status, again.status, second.status]).toEqual([202, 202, 202]);
  expect(again.body['id']).toBe(first.body['id']);
  const open = await site.other.agent.openOperations('r0');
  expect(open.map(({ id }) => id)).toEqual([first.body['id'], second.body['id']]);
  // One that ends leaves the other open.
  const evidence = { router: 'r0', readAt: report.checkedAt };
  const id = String(first.body['id']);
  await site.other.agent.advanceOperations(site.now, [
    { id, router: 'r0', state: 'verified', evidence, result: report },
  ]);
  const left = await site.call('GET', `/v1/operations/${String(second.body['id'])}`);
  expect(left.body).toMatchObject({ state: 'received' });
});
