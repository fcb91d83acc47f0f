import { expect, test } from 'vitest';
import type { RouterMode } from '../../../schemas/router.ts';
import { PORTAL_ADDRESS, scene, type Scene } from './harness.ts';

const OLD = 'clientes.example.net';
const NEW = 'pagos.example.net';
const portal = { domain: NEW, cnameTargets: [], addresses: [], walledGarden: [] };

/** Both domains' addresses as DNS gave them. */
async function resolved({ store }: Scene): Promise<void> {
  const at = Date.now();
  const place = { use: 'portal', firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...place, address: PORTAL_ADDRESS, host: OLD },
    { ...place, address: '198.51.100.20', host: NEW },
  ]);
}

const pages = ({ router }: Scene): readonly string[] =>
  router
    .table('/ip/proxy/access')
    .rows()
    .flatMap((row) => row['action-data'] ?? [])
    .sort();

const led = (domain: string): readonly string[] => [
  `https://${domain}/aviso/custom/s2/`,
  `https://${domain}/aviso/cutoff/s1/`,
];

/** Two with a page from a time when the router was managed, and a third who is to be cut by now; then the mode. */
async function formerlyManaged(mode: RouterMode): Promise<Scene> {
  const site = await scene();
  const { put, settle, restart, accept } = site;
  for (const [at, id] of ['s1', 's2', 's3'].entries()) await put(id, { addresses: [`100.64.0.${at + 5}`] });
  await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  await settle({ kind: 'notice', id: 's2', notice: 'custom', value: {} });
  expect(pages(site)).toEqual(led(OLD));
  await restart({ mode });
  await accept({ kind: 'cutoff', id: 's3', cutoff: { reason: 'no payment' } });
  return site;
}

const reissued = async ({ store }: Scene, operation: string) =>
  (await store.control.listReissued(operation, null, 10)).items.map(({ id, to, state }) => [id, to, state]);

test('I4: in assist a change of the domain leads rows of ours anew and no others; it ends, and says who was left out', async () => {
  const site = await formerlyManaged('assist');
  const { router, settled, settle, ask, restart, converged } = site;
  const theirs = {
    'src-address': '100.64.0.99',
    action: 'redirect',
    'action-data': `${OLD}/landing/x`,
    comment: 'Ana-Moroso',
  };
  router.table('/ip/proxy/access').add(theirs);
  const operation = await ask({ kind: 'portal', portal });
  await resolved(site);
  const done = await settled(operation);
  expect(done).toMatchObject({ state: 'verified', result: { leftOut: 'assist', total: 2, done: 2 } });
  expect(done.history.at(-1)?.evidence).toMatchObject({ router: 'r0', leftOut: 'assist' });
  expect(pages(site)).toEqual([...led(NEW), theirs['action-data']].sort());
  const rows = [
    ['s1', led(NEW)[1], 'applied'],
    ['s2', led(NEW)[0], 'applied'],
  ];
  expect(await reissued(site, operation)).toEqual(rows);
  const again = await settle({ kind: 'reissue' });
  expect(again).toMatchObject({ state: 'verified', result: { leftOut: 'assist' } });
  expect(await reissued(site, again.id)).toEqual(rows);
  // What was left out is made so by the first pass that may.
  await restart({ mode: 'manage' });
  await converged();
  expect(pages(site)).toContain(`https://${NEW}/aviso/cutoff/s3/`);
});

test.each(['portal', 'reissue'] as const)(
  'to a router that is only observed a %s writes nothing, and it does not wait for it',
  async (kind) => {
    const site = await formerlyManaged('observe');
    const { router, settle, restart, converged, accept } = site;
    if (kind === 'reissue') await accept({ kind: 'portal', portal });
    await resolved(site);
    router.resetStats();
    const over = await settle(kind === 'portal' ? { kind, portal } : { kind });
    expect(over).toMatchObject({ state: 'verified', result: { leftOut: 'observe' } });
    expect(router.stats.writes).toEqual({});
    expect(await reissued(site, over.id)).toEqual([]);
    await restart({ mode: 'manage' });
    await converged();
    expect(pages(site)).toEqual([...led(NEW), `https://${NEW}/aviso/cutoff/s3/`].sort());
  },
);

test('where nothing was left to do nobody was left out', async () => {
  const { settle } = await scene();
  expect((await settle({ kind: 'reissue' })).result).not.toHaveProperty('leftOut');
});
