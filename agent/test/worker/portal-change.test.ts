import { expect, test } from 'vitest';
import { PORTAL_ADDRESS, scene } from './harness.ts';
import { openSite, visit } from './visitor.ts';

const NEW_ADDRESS = '198.51.100.20';
const portal = { domain: 'pagos.example.net', cnameTargets: [], addresses: [], walledGarden: [] };

test('I4: after a change of the portal’s domain notices lead there only once its addresses are in the list', async () => {
  const { put, settle, accept, settled, converged, router, store } = await scene();
  await put('s1', { addresses: ['100.64.0.5'] });
  await put('s2', { addresses: ['100.64.0.6'] });
  await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  await settle({ kind: 'notice', id: 's2', notice: 'custom', value: {} });
  const pages = (): readonly (string | undefined)[] =>
    ['100.64.0.5', '100.64.0.6'].map(
      (address) => router.table('/ip/proxy/access').find({ 'src-address': address })?.['action-data'],
    );
  const before = pages();
  expect(before).toEqual([
    expect.stringContaining('//clientes.example.net/'),
    expect.stringContaining('//clientes.example.net/'),
  ]);

  const changed = await accept({ kind: 'portal', portal });
  await converged();
  expect(pages()).toEqual(before);
  expect(await stateOf(changed, store)).not.toBe('verified');

  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, host: 'clientes.example.net' },
    { ...place, address: NEW_ADDRESS, host: 'pagos.example.net' },
  ]);
  const operation = changed.outcome === 'accepted' ? (changed.operation?.id ?? '') : '';
  expect((await settled(operation)).state).toBe('verified');
  expect(pages()).toEqual([
    expect.stringContaining('//pagos.example.net/'),
    expect.stringContaining('//pagos.example.net/'),
  ]);
  for (const destination of [PORTAL_ADDRESS, NEW_ADDRESS]) {
    const packet = { protocol: 'tcp', source: '100.64.0.5', destination, destinationPort: 443 } as const;
    expect(router.probe(packet).verdict).toBe('accepted');
  }
});

async function stateOf(
  result: Awaited<ReturnType<Awaited<ReturnType<typeof scene>>['accept']>>,
  store: Awaited<ReturnType<typeof scene>>['store'],
): Promise<string> {
  if (result.outcome !== 'accepted' || result.operation === null) throw new Error('not accepted');
  return (await store.control.readOperation(result.operation.id))?.state ?? 'gone';
}

test.each(['web-proxy', 'notice-server'] as const)(
  'I4: with the %s nobody is at any moment without a page that he reaches while the domain changes',
  async (backend) => {
    const people = Array.from({ length: 60 }, (_, at) => ({ id: `s${at}`, address: `100.64.1.${at + 1}` }));
    const one = await scene({ backend });
    const { router, snapshot, settled, converged, ask, store } = one;
    const rows = people.map(({ id, address }, at) => ({
      id,
      name: id,
      router: 'r0',
      addresses: [address],
      ...(at % 2 === 0 ? { cutoff: { reason: 'no payment' } } : { notices: { custom: {} } }),
    }));
    await settled(await snapshot(1, rows));
    await converged();
    const places = { 'clientes.example.net': PORTAL_ADDRESS, 'pagos.example.net': NEW_ADDRESS };
    openSite(one);
    const faults: string[] = [];
    const seen = new Set<string>();
    const look = async (at: number, when: string): Promise<void> => {
      const person = people[at % people.length];
      if (person === undefined) throw new RangeError('nobody');
      const location = await visit(one, person.address);
      const host = URL.canParse(location) ? new URL(location).hostname : '';
      seen.add(host);
      const place = Object.entries(places).find(([domain]) => domain === host)?.[1];
      const packet = { protocol: 'tcp', source: person.address, destinationPort: 443 } as const;
      const reached = place === undefined ? 'nowhere' : router.probe({ ...packet, destination: place }).verdict;
      if (reached !== 'accepted') faults.push(`${when}: ${person.id} is led to ${location}: ${reached}`);
    };
    let commands = 0;
    let looking = Promise.resolve();
    const stop = router.onCommand(({ path }) => {
      const at = (commands += 1);
      looking = looking.then(() => look(at, `after ${path}`));
    });
    const operation = await ask({ kind: 'portal', portal });
    const at = Date.now();
    const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
    await store.agent.recordPortalAddresses(at, [
      { ...place, address: PORTAL_ADDRESS, host: 'clientes.example.net' },
      { ...place, address: NEW_ADDRESS, host: 'pagos.example.net' },
    ]);
    const done = await settled(operation);
    stop();
    await looking;
    for (const at of people.keys()) await look(at, 'at the end');
    expect(faults).toEqual([]);
    expect(done).toMatchObject({ state: 'verified', result: { total: 60, done: 60 } });
    expect(seen).toContain('pagos.example.net');
    const report = (await store.control.listReissued(operation, null, 100)).items;
    expect(report.map(({ state }) => state)).toEqual(people.map(() => 'verified'));
    expect(report.find(({ id }) => id === 's1')).toMatchObject({
      from: 'https://clientes.example.net/aviso/custom/s1/',
      to: 'https://pagos.example.net/aviso/custom/s1/',
    });
  },
);

test('I4: an address that a held page leads to stays in the list, however long the domain is another', async () => {
  const { put, settle, accept, converged, router, store } = await scene();
  await put('s1', { addresses: ['100.64.0.5'] });
  await settle({
    kind: 'cutoff',
    id: 's1',
    cutoff: { reason: 'no payment', url: 'https://clientes.example.net/l/x7Kq2Lm9Pz4Rt8Vw/' },
  });
  // Another at the same address: both are held, and the cut stays as it is.
  const snapshotted = await accept({
    kind: 'put-subscriber',
    id: 's2',
    subscriber: { name: 's2', router: 'r0', addresses: ['100.64.0.0/29'] },
  });
  expect(snapshotted.outcome).toBe('address-held');
  await put('s1', { addresses: ['100.64.0.5'], autoCut: false });
  const operation = await accept({ kind: 'portal', portal });
  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [{ ...place, address: NEW_ADDRESS, host: 'pagos.example.net' }]);
  await converged();
  const packet = { protocol: 'tcp', source: '100.64.0.5', destination: PORTAL_ADDRESS, destinationPort: 443 } as const;
  expect(router.table('/ip/proxy/access').find({ 'src-address': '100.64.0.5' })?.['action-data']).toContain(
    'clientes.',
  );
  expect(router.probe(packet).verdict).toBe('accepted');
  const id = operation.outcome === 'accepted' ? (operation.operation?.id ?? '') : '';
  // I9: the token of his own page is in no report.
  expect((await store.control.listReissued(id, null, 10)).items).toMatchObject([
    { id: 's1', from: 'https://clientes.example.net/l/***/', to: null, state: 'held' },
  ]);
});
