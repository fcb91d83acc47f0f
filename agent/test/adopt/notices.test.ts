import { expect, test } from 'vitest';
import { reachOf, wisphubScene } from './wisphub-site.ts';

const BRAKE = { percent: 0, count: 1, floor: 1, siteCount: 1000, windowMinutes: 60 };
const ACTIVE = { id: '1001', address: '100.64.10.1' } as const;
const REMINDED = '100.64.10.51';
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

test('I2: a notice cuts nobody off: it waits while WispHub redirects all of its list, and goes before that comes back', async () => {
  const site = await wisphubScene('7.24', { brake: BRAKE });
  const { router, settle, ask, reached } = site;
  const harm: string[] = [];
  router.onCommand(({ path }) => {
    if (!reachOf(router, ACTIVE.address).https) harm.push(path);
  });
  await settle(step('claim'));
  // Two rows of deleted clients: a person must let them go, and until then WispHub's redirects stand.
  const held = await settle(step('manage'));
  expect(held).toMatchObject({ state: 'held', reason: 'brake' });
  const notice = await settle({ kind: 'notice', id: ACTIVE.id, notice: 'custom', value: { text: 'x' } });
  expect(notice).toMatchObject({ state: 'held', reason: 'router-degraded' });
  expect(JSON.stringify(notice.history.at(-1)?.evidence)).toContain('the step manage switches it off');
  expect(reachOf(router, ACTIVE.address)).toMatchObject({ http: true, https: true });
  // Whom WispHub reminds goes on being reminded.
  expect(reachOf(router, REMINDED)).toMatchObject({ http: false });

  await ask({ kind: 'release', router: 'r0', operations: [held.id] });
  await reached(notice.id, 'verified');
  expect(reachOf(router, ACTIVE.address)).toMatchObject({ http: false, https: true });
  expect(reachOf(router, REMINDED)).toMatchObject({ http: false, https: true });

  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(reachOf(router, ACTIVE.address)).toMatchObject({ http: true, https: true });
  expect(harm).toEqual([]);
});
