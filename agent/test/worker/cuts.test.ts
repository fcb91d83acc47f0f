import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { PORTAL_ADDRESS, scene } from './harness.ts';

const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';

function isOpen(router: LabRouter, source = '100.64.0.5'): boolean {
  return (
    router.probe({ source, destination: '93.184.216.34', protocol: 'tcp', destinationPort: 443 }).verdict === 'accepted'
  );
}

test('I1: a restore of a subscriber who was never cut is verified', async () => {
  const { put, settle } = await scene();
  await put('s1');
  expect(await settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
});

test.each(['100.64.0.5', '100.64.0.0/24', '100.64.0.1-100.64.0.9'])(
  'I1: a restore that the foreign row %s prevents is held and names the row, then a claim or its end lets it through',
  async (address) => {
    const { router, put, settle, reached, ask, converged } = await scene();
    await put('s1');
    const id = router.table(LIST).add({ list: 'Moroso', address, comment: 'WispHub' });
    const held = await settle({ kind: 'restore', id: 's1' });
    expect(held).toMatchObject({ state: 'held', reason: 'foreign-row' });
    expect(held.history.at(-1)?.evidence).toMatchObject({ row: id, list: 'Moroso' });
    expect(router.table(LIST).find({ '.id': id })).toBeDefined();
    if (address === '100.64.0.5') await ask({ kind: 'claim', router: 'r0', subscribers: ['s1'] });
    else {
      router.table(LIST).remove(id);
      await ask({ kind: 'reconcile', router: 'r0' });
    }
    await reached(held.id, 'verified');
    expect(isOpen(router)).toBe(true);
    await converged();
  },
);

test('I6: a claim hands no dynamic row over: a restore that it prevents is held until it ends by itself', async () => {
  const { router, store, put, settle, reached, ask } = await scene();
  await put('s1');
  const id = router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'WispHub' }, { dynamic: true });
  const held = await settle({ kind: 'restore', id: 's1' });
  await settle({ kind: 'claim', router: 'r0', subscribers: ['s1'] });
  expect(await store.control.readOperation(held.id)).toMatchObject({ state: 'held', reason: 'foreign-row' });
  expect(isOpen(router)).toBe(false);
  router.table(LIST).remove(id);
  await ask({ kind: 'reconcile', router: 'r0' });
  await reached(held.id, 'verified');
});

test('I1: a foreign host row inside a subscriber’s prefix holds his restore too', async () => {
  const { router, put, settle } = await scene();
  await put('s1', { addresses: ['100.64.7.0/29'] });
  router.table(LIST).add({ list: 'Moroso', address: '100.64.7.3' });
  expect(await settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'held', reason: 'foreign-row' });
});

test('I2: a cut waits while the portal list holds no address, a name without an address included', async () => {
  const { router, put, settle, reached, store } = await scene({ portalAddresses: [] });
  await put('s1');
  router.table(LIST).add({ list: 'server_wisphub', address: 'portal.example.net' });
  const held = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(held).toMatchObject({ state: 'held', reason: 'portal-unknown' });
  expect(isOpen(router)).toBe(true);
  await store.agent.recordPortalAddresses(1, [
    { address: PORTAL_ADDRESS, host: 'config', use: 'portal', firstSeen: 1, lastSeen: 1 },
  ]);
  await reached(held.id, 'verified');
  expect(isOpen(router)).toBe(false);
});

test('I4: a cut waits while a disabled foreign row bars the portal’s address, and a restore does not', async () => {
  const { router, put, settle, reached, ask, store, converged } = await scene();
  await put('s1');
  await put('s2', { addresses: ['100.64.0.6'] });
  await settle({ kind: 'cutoff', id: 's2', cutoff: CUT });
  // Another domain's address of before is still in the list, and let through.
  const seen = { firstSeen: 1, lastSeen: 1, use: 'portal' } as const;
  await store.agent.recordPortalAddresses(1, [
    { ...seen, address: '198.51.100.77', host: 'antes.example.net' },
    { ...seen, address: PORTAL_ADDRESS, host: 'clientes.example.net' },
  ]);
  await converged();
  const list = router.table(LIST);
  list.remove(list.find({ address: PORTAL_ADDRESS })?.['.id'] ?? '');
  const bar = list.add({ list: 'server_wisphub', address: PORTAL_ADDRESS, disabled: 'yes' });
  const held = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(held).toMatchObject({ state: 'held', reason: 'portal-unknown' });
  expect(held.history.at(-1)?.evidence).toMatchObject({ detail: expect.stringContaining(bar) as string });
  expect(isOpen(router)).toBe(true);
  expect(await settle({ kind: 'restore', id: 's2' })).toMatchObject({ state: 'verified' });
  expect(await settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  const again = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(again).toMatchObject({ state: 'held' });
  list.remove(bar);
  await ask({ kind: 'reconcile', router: 'r0' });
  await reached(again.id, 'verified');
  expect(isOpen(router)).toBe(false);
});

test('I4: a cut that was let through and does not stand is not written behind a barred portal', async () => {
  const { router, put, settle, converged } = await scene();
  await put('s1');
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  const list = router.table(LIST);
  const rows = list.rows().filter((row) => row['comment']?.startsWith('wisp-edge:') === true);
  list.remove(...rows.map((row) => row['.id'] ?? ''));
  const bar = list.add({ list: 'server_wisphub', address: PORTAL_ADDRESS, disabled: 'yes' });
  await settle({ kind: 'reconcile', router: 'r0' });
  expect(isOpen(router)).toBe(true);
  list.remove(bar);
  await converged();
  expect(isOpen(router)).toBe(false);
});

test('I2: two holders of one address are both held', async () => {
  const { router, snapshot, settled, store } = await scene();
  const row = { name: 'x', router: 'r0', addresses: ['100.64.0.5'], cutoff: CUT };
  await settled(
    await snapshot(1, [
      { id: 's1', ...row },
      { id: 's2', ...row },
    ]),
  );
  const seen = await store.control.readSubscriber('s1');
  expect(seen?.observed).toMatchObject({ service: 'open', held: 'duplicate-address' });
  expect(isOpen(router)).toBe(true);
});

test('I2: the router’s own addresses, autoCut: false and a time not yet come do not cut', async () => {
  const { router, put, settle, ask, reached } = await scene();
  await put('own', { addresses: ['100.64.0.1'] });
  await put('own6', { addresses: ['2001:db8:64::1'] });
  await put('manual', { addresses: ['100.64.0.6'], autoCut: false });
  await put('later', { addresses: ['100.64.0.7'] });
  expect(await settle({ kind: 'cutoff', id: 'own', cutoff: CUT })).toMatchObject({ reason: 'address-refused' });
  expect(await settle({ kind: 'cutoff', id: 'own6', cutoff: CUT })).toMatchObject({ reason: 'address-refused' });
  expect(await settle({ kind: 'cutoff', id: 'manual', cutoff: CUT })).toMatchObject({ reason: 'auto-cut-off' });
  const later = await ask({ kind: 'cutoff', id: 'later', cutoff: { ...CUT, notBefore: '2999-01-01T00:00:00Z' } });
  await reached(later, 'planned');
  expect(router.table(LIST).find({ list: 'Moroso' })).toBeUndefined();
  expect(isOpen(router, '100.64.0.7')).toBe(true);
});

test('I2: a cut whose notAfter went by before it could begin has failed, and nobody is cut late', async () => {
  const { router, put, settle } = await scene();
  await put('s1');
  const cutoff = { ...CUT, notAfter: new Date(Date.now() - 1000).toISOString() };
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff })).toMatchObject({ state: 'failed', reason: 'expired' });
  expect(isOpen(router)).toBe(true);
});

test('I2: an empty store leaves rows of ours alone', async () => {
  const { router, converged } = await scene();
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'wisp-edge:cutoff:s1' });
  router.table(LIST).add({ list: 'Aviso', address: '100.64.0.6', comment: 'wisp-edge:notice:s2' });
  await converged();
  expect(
    router
      .table(LIST)
      .rows()
      .filter((row) => /:s\d$/.test(row['comment'] ?? '')),
  ).toHaveLength(2);
});

test('I4: portal rows of ours stay while the portal’s addresses are not known yet', async () => {
  const { router, put, converged } = await scene({ portalAddresses: [] });
  await put('s1');
  router.table(LIST).add({ list: 'server_wisphub', address: PORTAL_ADDRESS, comment: 'wisp-edge:portal:p' });
  await converged();
  expect(router.table(LIST).find({ comment: 'wisp-edge:portal:p' })).toBeDefined();
});

test('I3: a foreign row that cuts already is evidence enough: it is covered, not written again', async () => {
  const { router, put, settle } = await scene();
  await put('s1');
  const id = router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'a person' }, { dynamic: true });
  const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(cut.state).toBe('verified');
  expect(cut.history.at(-1)?.evidence?.['rows']).toContainEqual(expect.objectContaining({ id, foreign: true }));
  expect(
    router
      .table(LIST)
      .rows()
      .filter((row) => row['address'] === '100.64.0.5'),
  ).toHaveLength(1);
});

test('I3: comments that are nearly ours are not ours', async () => {
  const { router, put, settle, converged } = await scene();
  await put('s1');
  const comments = [
    'wisp-edge:cutoff',
    'wisp-edge:cutoff:s1 x',
    'wisp-edge:cutoff:',
    'Wisp-edge:cutoff:s1',
    'wisp-edge:bogus:s1',
  ];
  for (const [at, comment] of comments.entries())
    router.table(LIST).add({ list: 'Moroso', address: `100.64.8.${at}`, comment });
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await settle({ kind: 'restore', id: 's1' });
  await converged();
  expect(
    router
      .table(LIST)
      .rows()
      .filter((row) => comments.includes(row['comment'] ?? '')),
  ).toHaveLength(comments.length);
});

test('a list renamed in the config is cleared of rows of ours', async () => {
  const { router, put, settle, restart, converged } = await scene();
  await put('s1');
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  const lists = { cutoff: 'Cortados', notice: 'Avisos', portal: 'Portal', always: 'a', once: 'b', seen: 'c' };
  await restart({ lists });
  await converged();
  const found = router
    .table(LIST)
    .rows()
    .map((row) => `${row['list'] ?? ''} ${row['comment'] ?? ''}`);
  expect(found).toContain('Cortados wisp-edge:cutoff:s1');
  expect(found.filter((name) => name.startsWith('Moroso') || name.startsWith('server_wisphub'))).toEqual([]);
});

test('a subscriber who moves to another router is open on the first and cut on the second', async () => {
  const { router, put, settle, addRouter, store, eventually, converged } = await scene();
  const second = await addRouter('r1');
  await put('s1');
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await put('s1', { router: 'r1' });
  await eventually(async () => (await store.control.readSubscriber('s1'))?.observed?.service === 'cut');
  await converged();
  expect((await store.agent.desiredFor('r0')).departures).toEqual([]);
  expect(isOpen(router)).toBe(true);
  expect(isOpen(second)).toBe(false);
});

test('a cut subscriber whose address changes is cut at the new one, whose open connections are removed', async () => {
  const { router, put, settle, converged, eventually } = await scene();
  await put('s1');
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  const connections = router.state.tables.get('/ip/firewall/connection');
  connections?.insert({
    attributes: { protocol: 'tcp', 'src-address': '100.64.0.9:5000', 'dst-address': '93.184.216.34:443' },
  });
  await put('s1', { addresses: ['100.64.0.9'] });
  await eventually(() => Promise.resolve(!isOpen(router, '100.64.0.9')));
  await converged();
  expect(isOpen(router)).toBe(true);
  expect(isOpen(router, '100.64.0.9')).toBe(false);
  expect(connections?.size).toBe(0);
});

test('in observe mode nothing is written, by a restore neither, and the brake’s window stays empty', async () => {
  const { router, put, settle, store } = await scene({ settings: { mode: 'observe' } });
  await put('s1');
  router.table(LIST).add({ list: 'Moroso', address: '100.64.0.5', comment: 'wisp-edge:cutoff:s1' });
  router.resetStats();
  expect(await settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'held', reason: 'router-not-managed' });
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'held' });
  expect(router.stats.writes).toEqual({});
  expect(await store.agent.admissionsSince(0)).toEqual([]);
});
