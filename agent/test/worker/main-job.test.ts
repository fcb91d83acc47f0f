import { expect, test } from 'vitest';
import { PORTAL_ADDRESS, scene } from './harness.ts';

const CASES = (['6.49', '7.16', '7.24'] as const).flatMap((version) =>
  (['web-proxy', 'notice-server'] as const).map((backend) => [version, backend] as const),
);

test.each(CASES)('on %s with %s a cut, a notice and a restore are verified', async (version, backend) => {
  const { put, settle, router, converged, store } = await scene({ router: { version }, backend });
  await put('s1', { addresses: ['100.64.0.5'] });
  await put('s2', { addresses: ['100.64.0.6'] });
  const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  expect(cut).toMatchObject({ state: 'verified' });
  expect(await store.control.routerStatuses()).toMatchObject([{ converged: true, counts: { pending: 0, cut: 1 } }]);
  expect(
    router.probe({ source: '100.64.0.5', destination: '93.184.216.34', protocol: 'tcp', destinationPort: 443 }),
  ).toMatchObject({
    verdict: 'rejected',
  });
  expect(
    router.probe({ source: '100.64.0.5', destination: PORTAL_ADDRESS, protocol: 'tcp', destinationPort: 443 }),
  ).toMatchObject({
    verdict: 'accepted',
  });
  const notice = await settle({ kind: 'notice', id: 's2', notice: 'payment-due', value: { text: 'vence' } });
  expect(notice).toMatchObject({ state: 'verified' });
  const restored = await settle({ kind: 'restore', id: 's1' });
  expect(restored).toMatchObject({ state: 'verified' });
  expect(
    router.probe({ source: '100.64.0.5', destination: '93.184.216.34', protocol: 'tcp', destinationPort: 443 }),
  ).toMatchObject({
    verdict: 'accepted',
  });
  await converged();
  router.resetStats();
  await converged();
  expect(router.stats.writes).toEqual({});
});
