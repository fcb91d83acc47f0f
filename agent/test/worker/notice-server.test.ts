import { expect, test } from 'vitest';
import { LISTENER, PORTAL_ADDRESS, scene, type Scene } from './harness.ts';
import { openSite, visit } from './visitor.ts';

const CUT = { kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } } as const;
const V4 = '100.64.0.5';

async function served(): Promise<Scene> {
  const it = await scene({ backend: 'notice-server' });
  openSite(it);
  await it.put('s1', { addresses: [V4] });
  return it;
}

async function findings({ store }: Scene): Promise<readonly string[]> {
  const [status] = await store.control.routerStatuses();
  return status?.findings.map(({ code }) => code) ?? [];
}

test('I6: where device-mode bars the proxy a cut by the notice server is verified', async () => {
  const it = await served();
  it.router.deviceMode.isProxyAllowed = false;
  expect(await it.settle(CUT)).toMatchObject({ state: 'verified' });
  expect(await visit(it, V4)).toBe('https://clientes.example.net/aviso/cutoff/s1/');
  expect(await findings(it)).toEqual([]);
});

test('I6: while our page server does not listen nothing is verified, and a cut is cut all the same', async () => {
  const it = await served();
  await it.notices.close();
  expect(await it.settle(CUT)).toMatchObject({ state: 'held', reason: 'router-degraded' });
  const notice = await it.settle({ kind: 'notice', id: 's1', notice: 'custom', value: {} });
  expect(notice).toMatchObject({ state: 'held' });
  expect(await findings(it)).toContain('notice-server-down');
  expect(await it.store.control.routerStatuses()).toMatchObject([{ converged: false }]);
  const https = { source: V4, destination: '93.184.216.34', protocol: 'tcp', destinationPort: 443 } as const;
  expect(it.router.probe(https).verdict).toBe('rejected');
  const operation = await it.ask({ ...CUT, cutoff: { reason: 'again' } });
  await it.notices.listen({ host: '127.0.0.1', port: 0 });
  await it.ask({ kind: 'reconcile', router: 'r0' });
  await it.reached(operation, 'verified');
});

test('a router that masks its subscribers is found out, by its rule or by what the page server sees', async () => {
  const it = await served();
  await it.settle(CUT);
  expect(await findings(it)).toEqual([]);
  const nat = it.router.table('/ip/firewall/nat');
  // By interface: whether that is the way to the listener nobody can tell from the rules.
  const id = nat.add({ chain: 'srcnat', 'out-interface': 'ether2', action: 'masquerade' });
  await it.converged();
  expect(await findings(it)).toEqual([]);
  expect(await visit(it, V4)).toBe('503');
  await it.converged();
  expect(await findings(it)).toEqual(['listener-source-nat']);
  nat.remove(id);
  nat.add({ chain: 'srcnat', action: 'masquerade' });
  await it.converged();
  const [status] = await it.store.control.routerStatuses();
  expect(status?.findings[0]).toMatchObject({
    code: 'listener-source-nat',
    severity: 'warning',
    remedy: expect.stringContaining(`dst-address=${LISTENER.address}`) as string,
  });
});

test('a page follows the portal to its new domain only when that has an address', async () => {
  const it = await served();
  await it.settle(CUT);
  const portal = { domain: 'nuevo.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
  const operation = await it.ask({ kind: 'portal', portal });
  await it.reached(operation, 'planned');
  expect(await visit(it, V4)).toBe('https://clientes.example.net/aviso/cutoff/s1/');
  const at = Date.now();
  await it.store.agent.recordPortalAddresses(at, [
    { address: '198.51.100.11', host: 'nuevo.example.net', use: 'portal', firstSeen: at, lastSeen: at },
  ]);
  await it.reached(operation, 'verified');
  expect(await visit(it, V4)).toBe('https://nuevo.example.net/aviso/cutoff/s1/');
});

test('I4: a page does not follow the portal on a router that has not let its new address through yet', async () => {
  const it = await served();
  await it.settle(CUT);
  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  const refusal = it.router.faults.arm(
    { path: /address-list\/add$/, times: Infinity },
    { kind: 'trap', message: 'busy' },
  );
  await it.store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, host: 'clientes.example.net' },
    { ...place, address: '198.51.100.11', host: 'nuevo.example.net' },
  ]);
  const portal = { domain: 'nuevo.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
  const operation = await it.ask({ kind: 'portal', portal });
  await it.reached(operation, 'planned');
  expect(await visit(it, V4)).toBe('https://clientes.example.net/aviso/cutoff/s1/');
  refusal.disarm();
  await it.reached(operation, 'verified');
  expect(await visit(it, V4)).toBe('https://nuevo.example.net/aviso/cutoff/s1/');
});
