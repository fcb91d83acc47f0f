import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
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

/** A row that the router has, and shows nobody: it is there whenever one is added, and gone whenever they are read. */
function hideRow(router: LabRouter, list: string, address: string): { readonly end: () => void } {
  const lists = router.table(LIST);
  let id: string | null = null;
  const isAdding = router.faults.arm(
    { path: `${LIST}/add`, times: Infinity },
    {
      kind: 'edit',
      edit: () => {
        id ??= lists.add({ list, address }, { force: true, dynamic: true });
      },
    },
  );
  const isReading = router.faults.arm(
    { path: `${LIST}/print`, times: Infinity },
    {
      kind: 'edit',
      edit: () => {
        if (id !== null) lists.remove(id);
        id = null;
      },
    },
  );
  return {
    end: () => {
      isAdding.disarm();
      isReading.disarm();
    },
  };
}

test('a row of the portal list that the router never takes is told, said of no operation to be written, and holds up nobody', async () => {
  const one = await scene();
  const { router, put, ask, settle, settled, converged, eventually, store } = one;
  await put('s1', { addresses: ['100.64.0.5'] });
  await converged();
  const hidden = hideRow(router, 'server_wisphub', '198.51.100.20');
  const operation = await changeDomain(one, '198.51.100.20');
  await eventually(async () =>
    (await store.control.routerStatuses()).some(({ findings }) =>
      findings.some(({ code }) => code === 'write-refused'),
    ),
  );
  const waiting = await settled(operation);
  expect(waiting).toMatchObject({ state: 'held', reason: 'router-degraded' });
  expect(waiting.history.map(({ state }) => state)).not.toContain('applied');
  const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  expect(cut.state).toBe('verified');
  hidden.end();
  await settled(await ask({ kind: 'reconcile', router: 'r0' }));
  const statuses = await store.control.routerStatuses();
  expect(statuses.flatMap(({ findings }) => findings.map(({ code }) => code))).not.toContain('write-refused');
  expect((await store.control.readOperation(operation))?.state).toBe('verified');
});

test('a trap says of no cut behind it that it was written', async () => {
  const one = await scene();
  const { router, put, ask, converged, eventually, store } = one;
  await put('s1', { addresses: ['100.64.0.5'] });
  await converged();
  // The portal moved to a place that the router never takes: nobody could pay there.
  const hidden = hideRow(router, 'server_wisphub', '198.51.100.20');
  const at = Date.now();
  const place = { host: OLD, use: 'portal', firstSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, lastSeen: at - 1 },
    { ...place, address: '198.51.100.20', lastSeen: at },
  ]);
  const cut = await ask({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  await eventually(async () => (await store.control.readOperation(cut))?.state === 'held');
  const told = await store.control.readOperation(cut);
  expect(told).toMatchObject({ reason: 'portal-unknown' });
  expect(told?.history.map(({ state }) => state)).not.toContain('applied');
  hidden.end();
});
