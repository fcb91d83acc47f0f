import { expect, test } from 'vitest';
import { clinic } from './clinic.ts';

test('a doctor asked for through the store ends verified, with its findings as result, and GET’s status has them', async () => {
  const { settle, store, router } = await clinic();
  router.state.clockOffMs = 7_200_000;
  const operation = await settle({ kind: 'doctor', router: 'r0', selfTest: false });
  expect(operation).toMatchObject({ kind: 'doctor', subject: 'router/r0', state: 'verified' });
  const [status] = await store.control.routerStatuses();
  expect(status?.doctor).toEqual(operation.result);
  expect(status?.doctor?.findings.map(({ code }) => code)).toContain('clock-skew');
});

test('a router that is away is looked over all the same, without waiting for the next attempt', async () => {
  const { settle, router, eventually, store } = await clinic();
  await router.unplug();
  await eventually(async () => (await store.control.routerStatuses())[0]?.connection === 'down');
  const operation = await settle({ kind: 'doctor', router: 'r0', selfTest: true });
  expect(operation).toMatchObject({ state: 'verified', result: { reachable: false, version: null } });
  const [finding] = (await store.agent.readDoctor('r0'))?.findings ?? [];
  expect(finding?.code).toBe('api-refused');
});

test('I10: a doctor asked for while no agent ran is done when one starts; without one it stays received', async () => {
  const { worker, ask, settled, store, restart } = await clinic();
  await worker.stop();
  const id = await ask({ kind: 'doctor', router: 'r0', selfTest: false });
  expect((await store.control.readOperation(id))?.state).toBe('received');
  await restart();
  expect((await settled(id)).state).toBe('verified');
});
