import { expect, test } from 'vitest';
import { PORTAL_ADDRESS, scene } from './harness.ts';

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
