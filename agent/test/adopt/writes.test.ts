import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { openSession } from '../worker/convergence.ts';
import { PORTAL_ADDRESS } from '../worker/harness.ts';
import { reachOf, wisphubScene } from './wisphub-site.ts';

const DAY_MS = 24 * 3600 * 1000;
const LIST = '/ip/firewall/address-list';
const MANAGE = { kind: 'adopt', router: 'r0', step: 'manage' } as const;
const CLAIM = { kind: 'adopt', router: 'r0', step: 'claim' } as const;

function ours(rows: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return rows.flatMap(({ comment = '' }) => (comment.startsWith('wisp-edge:') ? [comment] : []));
}

test('manage waits a day after WispHub wrote its last row: until then the portal list is kept, and nobody is cut', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const { router, settle, put, worker, reached, store } = await wisphubScene('7.24', {
    clock,
    portalAddresses: [PORTAL_ADDRESS, '198.51.100.11'],
  });
  await settle(CLAIM);
  router.table(LIST).add({ list: 'Moroso', address: '100.64.10.99', comment: 'Recien Cortado' });
  const held = await settle(MANAGE);
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  expect(JSON.stringify(held.history.at(-1)?.evidence)).toMatch(/Recien Cortado.*In WispHub’s panel/);
  expect(ours(router.table(LIST).rows())).toEqual(['wisp-edge:portal:clientes.example.net']);
  expect(
    router
      .table('/ip/firewall/nat')
      .rows()
      .every(({ comment }) => comment?.startsWith('wisp-edge') !== true),
  ).toBe(true);
  await put('late', { addresses: ['100.64.10.98'] });
  expect(await settle({ kind: 'cutoff', id: 'late', cutoff: { reason: 'x' } })).toMatchObject({
    state: 'held',
    reason: 'router-not-managed',
  });
  expect(reachOf(router, '100.64.10.98')).toMatchObject({ http: true, https: true });
  const findings = (await store.control.routerStatuses())[0]?.findings ?? [];
  expect(findings.find(({ code }) => code === 'wisphub-new-rows')).toMatchObject({
    remedy: expect.stringContaining('switch off cutting and notices') as string,
    es: { remedy: expect.stringContaining('desactive cortes y avisos') as string },
  });
  offset.ms = DAY_MS - 60_000;
  worker.ring();
  expect((await settle(MANAGE)).reason).toBe('wisphub-writes');
  offset.ms = DAY_MS + 60_000;
  const again = await settle(MANAGE);
  expect(again).toMatchObject({ state: 'verified' });
  await reached(again.id, 'verified');
  expect(reachOf(router, '100.64.10.98')).toMatchObject({ http: false, https: false, portalHttps: true });
});

test('manage waits while a user of WispHub logs in, and goes on by itself when that user is switched off', async () => {
  const { router, settle, worker, reached } = await wisphubScene('7.24');
  router.setPassword('wisphub', 'Wh-9tLm3qRz');
  const session = await openSession(router, 'Wh-9tLm3qRz', 'wisphub');
  await settle(CLAIM);
  const held = await settle(MANAGE);
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  expect(JSON.stringify(held.history.at(-1)?.evidence)).toContain('/user disable wisphub');
  await session.close();
  worker.ring();
  const user = router.table('/user').find({ name: 'wisphub' });
  router.table('/user').set(user?.['.id'] ?? '', { disabled: 'yes' });
  worker.ring();
  await reached(held.id, 'verified');
});

test('a user of WispHub’s who is switched off writes on in the session that he has open, and manage waits for its end', async () => {
  const { router, settle, worker, reached } = await wisphubScene('7.24');
  router.setPassword('wisphub', 'Wh-9tLm3qRz');
  const session = await openSession(router, 'Wh-9tLm3qRz', 'wisphub');
  const user = router.table('/user').find({ name: 'wisphub' });
  router.table('/user').set(user?.['.id'] ?? '', { disabled: 'yes' });
  await settle(CLAIM);
  const held = await settle(MANAGE);
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  await session.close();
  worker.ring();
  await reached(held.id, 'verified');
});

test('where it cannot be seen who logs in, that is found, and manage waits for the word of a person', async () => {
  const { router, settle, restart, reached, store } = await wisphubScene('7.24');
  router.faults.arm({ path: '/user/print', times: Infinity }, { kind: 'trap', message: 'not enough permissions (9)' });
  await settle(CLAIM);
  const held = await settle(MANAGE);
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  expect(JSON.stringify(held.history.at(-1)?.evidence)).toContain('wisphubOff: true');
  const findings = (await store.control.routerStatuses())[0]?.findings ?? [];
  expect(findings.map(({ code }) => code)).toContain('wisphub-unseen');
  await restart({ wisphubOff: true });
  await reached(held.id, 'verified');
});

test('a router that is managed already stays so, gets the finding, and keeps WispHub’s rows while WispHub writes', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const { router, settle, converged, put, reached, worker, store } = await wisphubScene('7.24', {
    config: { mode: 'manage' },
    clock,
  });
  await settle(CLAIM);
  router.table(LIST).add({ list: 'Moroso', address: '100.64.10.1', comment: 'Ana Activa' });
  await converged();
  const [status] = await store.control.routerStatuses();
  expect(status).toMatchObject({ mode: 'manage' });
  expect(status?.findings.map(({ code }) => code)).toContain('wisphub-new-rows');
  const held = await settle(MANAGE);
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  // Ours go on meanwhile, and what they write is no beginning of the step.
  await put('late', { addresses: ['100.64.10.98'] });
  expect(await settle({ kind: 'cutoff', id: 'late', cutoff: { reason: 'x' } })).toMatchObject({ state: 'verified' });
  expect(await settle(MANAGE)).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  expect(reachOf(router, '100.64.10.1')).toMatchObject({ https: false });
  expect(router.table('/ip/proxy/access').find({ comment: 'Carla Corte-Moroso' })).toMatchObject({ disabled: 'false' });
  offset.ms = DAY_MS + 60_000;
  worker.ring();
  const again = await settle(MANAGE);
  await reached(again.id, 'verified');
  expect(reachOf(router, '100.64.10.1')).toMatchObject({ http: true, https: true });
});
