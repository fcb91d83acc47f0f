import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { tableOf } from '../../../lab/routeros/state.ts';
import { parseAddress } from '../../../schemas/address.ts';
import { scene, type Scene } from './harness.ts';

const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';
const PROXY = '/ip/proxy/access';
const NAMED = { addresses: [], ppp: 'ana' };
const MAC = 'aabbcc001122';

/** `address owner` of the rows of the cut-off list, and of the proxy's rows for subscribers. */
function cutRows(router: LabRouter): { readonly list: readonly string[]; readonly proxy: readonly string[] } {
  const print = (address: string | undefined, comment: string | undefined): string =>
    `${address ?? ''} ${(comment ?? '').replace('wisp-edge:cutoff:', '')}`;
  const list = router.table(LIST).rows();
  const proxy = router.table(PROXY).rows();
  return {
    list: list.filter((row) => row['list'] === 'Moroso').map((row) => print(row['address'], row['comment'])),
    proxy: proxy
      .filter((row) => row['src-address'] !== undefined)
      .map((row) => print(row['src-address'], row['comment'])),
  };
}

/** Waits, from one command of the router to the next, until it is so. */
function seen(router: LabRouter, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (is()) {
      resolve();
      return;
    }
    const stop = router.onCommand(() => {
      if (!is()) return;
      stop();
      resolve();
    });
  });
}

/** Waits until exactly these addresses are cut, in list and proxy alike. */
function cutAt(router: LabRouter, ...rows: readonly string[]): Promise<void> {
  return seen(router, () => {
    const { list, proxy } = cutRows(router);
    return [list, proxy].every((found) => JSON.stringify([...found].sort()) === JSON.stringify([...rows].sort()));
  });
}

/** A connection of each of these to somewhere, open as NAT and FastTrack would keep it. */
function openConnections(router: LabRouter, ...sources: readonly string[]): { readonly size: number } {
  const connections = tableOf(router.state, '/ip/firewall/connection');
  for (const source of sources)
    connections.insert({
      attributes: { protocol: 'tcp', 'src-address': `${source}:5000`, 'dst-address': '93.184.216.34:443' },
    });
  return connections;
}

async function observedOf({ store }: Scene, id: string): Promise<unknown> {
  return (await store.control.readSubscriber(id))?.observed?.addresses;
}

test('complaint 20: a cut lands where the session is, not where the platform says', async () => {
  const one = await scene();
  one.router.connectPpp('ana', '100.64.0.9');
  one.router.connectPpp('other', '100.64.0.5');
  await one.put('s1', { ppp: 'ana' });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect(cutRows(one.router)).toEqual({ list: ['100.64.0.9 s1'], proxy: ['100.64.0.9 s1'] });
  expect(await observedOf(one, 's1')).toEqual([{ address: '100.64.0.9', from: 'ppp' }]);
});

test('complaint 20: a cut lands where the lease of his MAC is bound', async () => {
  const one = await scene();
  one.router.lease(MAC, '100.64.0.9');
  await one.put('s1', { addresses: ['100.64.0.5', '2001:db8:64::5'], mac: MAC });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect(cutRows(one.router).list).toEqual(['100.64.0.9 s1']);
  expect(await observedOf(one, 's1')).toEqual([
    { address: '2001:db8:64::5', from: 'declared' },
    { address: '100.64.0.9', from: 'dhcp' },
  ]);
});

test('complaint 20: a new cut is held while somebody else is at the address, and names him', async () => {
  const one = await scene();
  one.router.connectPpp('luis', '100.64.0.5');
  await one.put('s2', { addresses: [], ppp: 'luis' });
  await one.put('s1', { addresses: ['100.64.0.5', '100.64.0.6'] });
  const held = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(held).toMatchObject({ state: 'held', reason: 'address-in-use' });
  expect(held.history.at(-1)?.evidence).toMatchObject({
    detail: '100.64.0.5 is in use by the PPP user luis (subscriber s2)',
  });
  expect(cutRows(one.router).list).toEqual([]);
  one.router.disconnectPpp('luis');
  await one.ask({ kind: 'reconcile', router: 'r0' });
  await one.reached(held.id, 'verified');
  expect([...cutRows(one.router).list].sort()).toEqual(['100.64.0.5 s1', '100.64.0.6 s1']);
});

test('complaint 20: who is known by his addresses alone is cut though an unknown session has one', async () => {
  const one = await scene();
  one.router.connectPpp('nobody-we-know', '100.64.0.5');
  await one.put('s1');
  await one.put('s2', { addresses: [], ppp: 'luis' });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
});

test.each(['6.49', '7.16', '7.24'] as const)(
  'complaint 20: on %s a cut that stands moves with its subscriber, list and proxy row together, unblock first',
  async (version) => {
    const one = await scene({ router: { version } });
    const { router } = one;
    router.connectPpp('ana', '100.64.0.5');
    await one.put('s1', NAMED);
    await one.put('s2', { addresses: [], ppp: 'luis' });
    await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
    await cutAt(router, '100.64.0.5 s1');
    const connections = openConnections(router, '100.64.0.5', '100.64.0.9');
    const order: string[] = [];
    router.onCommand(({ menu, command, attributes }) => {
      if (['add', 'remove'].includes(command) && menu !== '/ip/firewall/connection')
        order.push(`${menu} ${command} ${attributes.get('address') ?? attributes.get('src-address') ?? ''}`.trim());
    });
    router.disconnectPpp('ana');
    router.connectPpp('luis', '100.64.0.5');
    router.connectPpp('ana', '100.64.0.9');
    await cutAt(router, '100.64.0.9 s1');
    await one.converged();
    expect(order).toEqual([`${LIST} remove`, `${PROXY} remove`, `${PROXY} add 100.64.0.9`, `${LIST} add 100.64.0.9`]);
    expect(connections.size).toBe(0);
  },
);

test('complaint 20: a cut PPPoE subscriber who comes back at another address is cut again where listen is refused', async () => {
  const one = await scene({ reconcileEveryMs: 50 });
  const { router } = one;
  for (const menu of ['/ppp/active', '/ip/dhcp-server/lease'])
    router.faults.arm({ path: `${menu}/listen`, times: Infinity }, { kind: 'trap', message: 'no such command' });
  router.connectPpp('ana', '100.64.0.5');
  await one.put('s1', NAMED);
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  router.disconnectPpp('ana');
  await cutAt(router);
  router.connectPpp('ana', '100.64.0.9');
  await cutAt(router, '100.64.0.9 s1');
});

test.each(['native', 'node-routeros'] as const)(
  'complaint 20: with %s, and where the first session broke, by the listen of the next',
  async (driver) => {
    const one = await scene({ driver });
    const { router } = one;
    router.connectPpp('ana', '100.64.0.5');
    await one.put('s1', NAMED);
    await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
    await one.converged();
    const count = (command: string): number => router.stats.commands[`/ppp/active/${command}`] ?? 0;
    expect(count('listen')).toBe(1);
    await router.unplug();
    await router.plugIn();
    await seen(router, () => count('listen') === 2);
    // Who begins to listen looks once more; after that only a hint, or the minute, makes another pass.
    const looked = count('print');
    await seen(router, () => count('print') > looked);
    router.disconnectPpp('ana');
    router.connectPpp('ana', '100.64.0.9');
    await cutAt(router, '100.64.0.9 s1');
  },
);

test('complaint 20: a frozen cut does not stay at an address its subscriber has left', async () => {
  const one = await scene();
  const { router } = one;
  router.connectPpp('ana', '100.64.0.5');
  await one.put('s1', NAMED);
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await one.put('s1', { ...NAMED, autoCut: false });
  await one.converged();
  await cutAt(router, '100.64.0.5 s1');
  router.disconnectPpp('ana');
  router.connectPpp('somebody', '100.64.0.5');
  await cutAt(router);
});

test('complaint 20: a notice moves with its subscriber too', async () => {
  const one = await scene();
  const { router } = one;
  router.connectPpp('ana', '100.64.0.5');
  await one.put('s1', NAMED);
  await one.settle({ kind: 'notice', id: 's1', notice: 'payment-due', value: {} });
  router.disconnectPpp('ana');
  router.connectPpp('other', '100.64.0.5');
  router.connectPpp('ana', '100.64.0.9');
  const noticed = (): readonly string[] => {
    const rows = router.table(LIST).rows();
    return rows.filter((row) => row['list'] === 'Aviso').map((row) => row['address'] ?? '');
  };
  await seen(router, () => noticed().join() === '100.64.0.9');
  await one.converged();
  expect(router.table(PROXY).find({ 'src-address': '100.64.0.5' })).toBeUndefined();
  expect(router.table(PROXY).find({ 'src-address': '100.64.0.9' })).toBeDefined();
});

test('complaint 21: two subscribers with one PPP name are both held, and no row is written twice', async () => {
  const one = await scene();
  one.router.connectPpp('ana', '100.64.0.9');
  await one.put('s1', NAMED);
  await one.put('s2', NAMED);
  for (const id of ['s1', 's2'])
    expect(await one.settle({ kind: 'cutoff', id, cutoff: CUT })).toMatchObject({ reason: 'duplicate-address' });
  expect(cutRows(one.router)).toEqual({ list: [], proxy: [] });
});

test('complaint 21: doubles of ours and a row that contradicts another end as one row an address', async () => {
  const one = await scene();
  const { router } = one;
  router.connectPpp('ana', '100.64.0.9');
  await one.put('s1', NAMED);
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await one.settle({ kind: 'notice', id: 's1', notice: 'payment-due', value: {} });
  const comment = 'wisp-edge:cutoff:s1';
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.9', comment }, { force: true });
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment });
  const url = 'https://clientes.example.net/aviso/payment-due/s1/';
  const access = { 'local-port': '999', action: 'redirect', 'action-data': url };
  const first = router.table(PROXY).rows()[0]?.['.id'];
  for (const source of ['100.64.0.9', '100.64.0.5'])
    router
      .table(PROXY)
      .add(
        { ...access, 'src-address': source, comment: 'wisp-edge:payment-due:s1' },
        first === undefined ? {} : { before: first },
      );
  await one.converged();
  expect(cutRows(router)).toEqual({ list: ['100.64.0.9 s1'], proxy: ['100.64.0.9 s1'] });
});

test('complaint 1: a restore of who is not online is verified by no row of ours being there', async () => {
  const one = await scene();
  await one.put('s1', NAMED);
  const cut = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(cut).toMatchObject({ state: 'held', reason: 'not-online' });
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  one.router.connectPpp('ana', '100.64.0.9');
  await one.converged();
  expect(cutRows(one.router)).toEqual({ list: [], proxy: [] });
});

test('complaint 1: a restore ends the cut at the old address and the connections at both', async () => {
  const one = await scene({ reconcileEveryMs: 60_000 });
  const { router } = one;
  for (const menu of ['/ppp/active', '/ip/dhcp-server/lease'])
    router.faults.arm({ path: `${menu}/listen`, times: Infinity }, { kind: 'trap', message: 'no such command' });
  router.connectPpp('ana', '100.64.0.5');
  await one.put('s1', NAMED);
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  // Two sessions of one name: RouterOS allows it where the profile says only-one=no.
  router.connectPpp('ana', '100.64.0.9');
  await one.converged();
  const connections = openConnections(router, '100.64.0.5', '100.64.0.9');
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(cutRows(router)).toEqual({ list: [], proxy: [] });
  expect(connections.size).toBe(0);
});

test('complaint 2: many who come back after an outage are cut again without the brake, who were never cut are not', async () => {
  const brake = { percent: 0, count: 1000, floor: 12, siteCount: 1000, windowMinutes: 60 };
  const one = await scene({ brake });
  const { router } = one;
  const names = Array.from({ length: 12 }, (_, at) => `user${String(at)}`);
  for (const [at, ppp] of names.entries()) router.connectPpp(ppp, `100.64.1.${String(at)}`);
  const rows = names.map((ppp) => ({ id: ppp, name: ppp, router: 'r0', addresses: [], ppp, cutoff: CUT }));
  await one.settled(await one.snapshot(1, [...rows, { ...NAMED, id: 's1', name: 'Ana', router: 'r0' }]));
  for (const ppp of names) router.disconnectPpp(ppp);
  router.connectPpp('ana', '100.64.1.3');
  await one.converged();
  expect(cutRows(router).list).toEqual([]);
  for (const [at, ppp] of names.entries()) router.connectPpp(ppp, `100.64.2.${String(at)}`);
  await one.converged();
  expect(cutRows(router).list).toHaveLength(12);
  expect(cutRows(router).list).not.toContain('100.64.1.3');
});

test('complaint 3: each router says for itself who is cut there, and sessions of one are nothing to another', async () => {
  const one = await scene();
  const second = await one.addRouter('r1');
  one.router.connectPpp('ana', '100.64.0.9');
  second.connectPpp('luis', '100.64.0.9');
  await one.put('s1', NAMED);
  await one.put('s2', { addresses: [], ppp: 'luis', router: 'r1' });
  await one.put('s3', { addresses: [], ppp: 'eva', router: 'r1' });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect(await one.settle({ kind: 'cutoff', id: 's3', cutoff: CUT })).toMatchObject({ reason: 'not-online' });
  expect(cutRows(one.router).list).toEqual(['100.64.0.9 s1']);
  expect(cutRows(second).list).toEqual([]);
});

test('I2: autoCut and autoNotice of a snapshot are honoured, whatever the router shows', async () => {
  const one = await scene();
  one.router.connectPpp('ana', '100.64.0.9');
  const row = { name: 'x', router: 'r0', cutoff: CUT };
  const due = { 'payment-due': {} };
  await one.settled(
    await one.snapshot(1, [
      { ...row, id: 's1', addresses: [], ppp: 'ana', autoCut: false },
      { ...row, id: 's2', addresses: ['100.64.0.6'], autoCut: false, notices: due },
      { id: 's3', name: 'x', router: 'r0', addresses: ['100.64.0.7'], autoNotice: false, notices: due },
      { ...row, id: 's4', addresses: ['100.64.0.8'], autoNotice: false },
    ]),
  );
  await one.converged();
  expect(cutRows(one.router).list).toEqual(['100.64.0.8 s4']);
  const held = async (id: string): Promise<unknown> => (await one.store.control.readSubscriber(id))?.observed?.held;
  expect(await Promise.all(['s1', 's2', 's3', 's4'].map(held))).toEqual([
    'auto-cut-off',
    'auto-cut-off',
    'auto-notice-off',
    null,
  ]);
});

test('sessions and leases are read only where a subscriber names ppp or mac, and the default route once a session', async () => {
  const one = await scene();
  await one.put('s1');
  await one.converged();
  await one.converged();
  const count = (path: string): number => one.router.stats.commands[path] ?? 0;
  expect([count('/ppp/active/print'), count('/ip/dhcp-server/lease/print')]).toEqual([0, 0]);
  expect([count('/ppp/active/listen'), count('/ip/route/print')]).toEqual([0, 1]);
  await one.put('s2', { addresses: [], mac: MAC });
  await one.converged();
  expect(count('/ppp/active/print')).toBeGreaterThan(0);
  expect(count('/ip/dhcp-server/lease/print')).toBeGreaterThan(0);
});

test('a router without these menus is told in a finding, and works', async () => {
  const one = await scene();
  const message = 'no such command prefix';
  for (const path of ['/ppp/active/print', '/ip/dhcp-server/lease/print', '/ip/route/print'])
    one.router.faults.arm({ path, times: Infinity }, { kind: 'trap', message });
  await one.put('s1', { ppp: 'ana' });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  const [status] = await one.store.control.routerStatuses();
  expect(status?.findings.filter(({ code }) => code === 'menu-absent').map(({ detail }) => detail)).toEqual([
    '/ppp/active is not on this router',
    '/ip/dhcp-server/lease is not on this router',
  ]);
});

test('the router’s gateway is nobody’s, nor is what lies outside of its prefixes', async () => {
  const prefixes = ['100.64.0.0/16', '203.0.113.0/24'].map(parseAddress).filter((prefix) => prefix !== null);
  const one = await scene({ settings: { prefixes } });
  await one.put('s1', { addresses: ['203.0.113.1'] });
  await one.put('s2', { addresses: ['100.65.0.5'] });
  await one.put('s3', { addresses: ['100.64.0.5'] });
  for (const [id, detail] of [
    ['s1', '203.0.113.1: it is the router’s default gateway'],
    ['s2', '100.65.0.5: it lies outside of the prefixes that the configuration names for this router'],
  ] as const) {
    const held = await one.settle({ kind: 'cutoff', id, cutoff: CUT });
    expect(held).toMatchObject({ state: 'held', reason: 'address-refused' });
    expect(held.history.at(-1)?.evidence).toMatchObject({ detail });
  }
  expect(await one.settle({ kind: 'cutoff', id: 's3', cutoff: CUT })).toMatchObject({ state: 'verified' });
});
