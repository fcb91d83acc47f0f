import { expect, test } from 'vitest';
import { wisphubScene } from './wisphub-site.ts';

const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

test('what we gave back ourselves is nobody’s drift when the hand-back is turned round', async () => {
  const { router, settle, ask, eventually, reached, converged, store } = await wisphubScene('7.24');
  await settle(step('claim'));
  await settle(step('manage'));
  await converged();
  expect(await store.control.driftCounts()).toEqual([]);
  const turned: Promise<string>[] = [];
  router.onCommand(({ path }) => {
    // The last writes of a hand-back: ours that go, after the rows whose comment is WispHub's again.
    if (path === '/ip/firewall/nat/remove' && turned.length === 0) turned.push(ask(step('manage')));
  });
  await ask(step('hand-back'));
  await eventually(() => Promise.resolve(turned.length > 0));
  const [again = ''] = await Promise.all(turned);
  await reached(again, 'verified');
  await converged();
  expect(await store.control.driftCounts()).toEqual([]);
});
