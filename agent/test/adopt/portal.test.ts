import { expect, test } from 'vitest';
import { WISPHUB_CLIENTS } from '../../../lab/routeros/wisphub.ts';
import { PORTAL_ADDRESS } from '../worker/harness.ts';
import { FOREIGN_HOST, reachOf, Watch, wisphubScene } from './wisphub-site.ts';

const NEW_ADDRESS = '198.51.100.20';
const portal = { domain: 'pagos.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
const PAGED = WISPHUB_CLIENTS.filter(({ state }) => state !== 'active');
const step = (name: 'claim' | 'manage') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

test('a configuration that says as little as it may takes WispHub’s own router over, with the list that its rules look at', async () => {
  const { router, settle, store } = await wisphubScene('7.24');
  await settle(step('claim'));
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  const [status] = await store.control.routerStatuses();
  expect(status?.findings.map(({ code }) => code)).toContain('portal-list-adopted');
  const lists = router
    .table('/ip/firewall/filter')
    .rows()
    .flatMap((row) => (row['chain'] === 'wisp-edge-forward' ? (row['dst-address-list'] ?? []) : []));
  expect(new Set(lists)).toEqual(new Set(['servers_wisphub', 'wisp-edge-always']));
});

test('I4: on an adopted router a change of the portal’s domain is told of each subscriber, whom it leaves no moment without portal', async () => {
  const { router, settle, settled, ask, converged, store } = await wisphubScene('7.24');
  await settle(step('claim'));
  await settle(step('manage'));
  const watch = new Watch(router);
  const changed = await ask({ kind: 'portal', portal });
  await converged();
  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, host: 'clientes.example.net' },
    { ...place, address: NEW_ADDRESS, host: portal.domain },
  ]);
  expect(await settled(changed)).toMatchObject({
    state: 'verified',
    result: { total: PAGED.length, done: PAGED.length },
  });
  const { items } = await store.control.listReissued(changed, null, 100);
  expect(items.map(({ id }) => id).sort()).toEqual(PAGED.map(({ id }) => id).sort());
  for (const { from, to, state } of items) {
    expect(from).toContain('//clientes.example.net/');
    expect(to).toContain('//pagos.example.net/');
    expect(state).toBe('verified');
  }
  expect(watch.harm).toEqual([]);
  for (const { address } of PAGED) {
    expect(reachOf(router, address)).toMatchObject({ portalHttps: true });
    const asked = { source: address, destination: FOREIGN_HOST, destinationPort: 80, protocol: 'tcp' } as const;
    expect(router.probe({ ...asked, http: { host: 'example.com' } }).proxy?.location).toContain('//pagos.example.net/');
    expect(router.probe({ ...asked, destination: NEW_ADDRESS, destinationPort: 443 }).verdict).toBe('accepted');
  }
});
