import { expect, test } from 'vitest';
import { PORTAL_ADDRESS, scene, type Scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';
const OLD = 'clientes.example.net';
/** Sorts before the old one. */
const NEW = 'avisos.example.net';

/** The portal got another domain, whose addresses are known: the same one, and any further. */
async function changeDomain({ ask, store }: Scene, ...more: readonly string[]): Promise<string> {
  const portal = { domain: NEW, cnameTargets: [], addresses: [], walledGarden: [] };
  const operation = await ask({ kind: 'portal', portal });
  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, host: OLD },
    ...[PORTAL_ADDRESS, ...more].map((address) => ({ ...place, address, host: NEW })),
  ]);
  return operation;
}

test('a row of the portal list that another’s name row gave beside ours is left alone, and holds nothing up', async () => {
  const one = await scene();
  const { router, put, settle, settled, converged } = one;
  await put('s1', { addresses: ['100.64.0.5'] });
  await converged();
  const lists = router.table(LIST);
  const ours = lists.find({ list: 'server_wisphub', address: PORTAL_ADDRESS });
  expect(ours?.['comment']).toBe(`wisp-edge:portal:${OLD}`);
  // WispHub's name row was there before the router could resolve it.
  lists.add({ list: 'server_wisphub', address: OLD }, { force: true });
  lists.add({ list: 'server_wisphub', address: PORTAL_ADDRESS, comment: OLD }, { force: true, dynamic: true });
  router.resetStats();
  const operation = await changeDomain(one, '198.51.100.20');
  expect((await settled(operation)).state).toBe('verified');
  expect((await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } })).state).toBe('verified');
  // The old domain is over: nobody of the row's name wants it any more.
  const at = Date.now();
  const place = { host: NEW, use: 'portal', firstSeen: at, lastSeen: at } as const;
  await one.store.agent.recordPortalAddresses(
    at,
    [PORTAL_ADDRESS, '198.51.100.20'].map((address) => ({ ...place, address })),
  );
  expect((await settle({ kind: 'notice', id: 's1', notice: 'custom', value: {} })).reason).toBe('cut-outranks');
  await converged();
  expect(router.stats.writes[`${LIST}/set`]).toBeUndefined();
  expect(lists.find({ list: 'server_wisphub', address: '198.51.100.20' })).toBeDefined();
});
