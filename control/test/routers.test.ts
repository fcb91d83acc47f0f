import { expect, test } from 'vitest';
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
